import fc from "fast-check";
import type { Mutant, Policy } from "./policy.ts";

/** A statement about every input (and data) of the pack, with changes of the policy that break it. */
export interface Law {
  readonly name: string;
  readonly runs: number;
  /** Throws, or answers false, for inputs that break the law. */
  property(policy: Policy): fc.IRawProperty<unknown>;
  readonly mutants: readonly [Mutant, ...Mutant[]];
}

/** A law about decisions with the pack's own data. */
export const MANY = 1000;
/** A law for which each run needs an instance over other data. */
export const SOME = 200;

/** The same in every run, so that a red run is about the change; LAWS_SEED looks elsewhere. */
export const SEED = Number(process.env["LAWS_SEED"] ?? 20_261_120);

export async function checkLaw(law: Law, policy: Policy): Promise<fc.RunDetails<unknown>> {
  return fc.check(law.property(policy), { seed: SEED, numRuns: law.runs });
}

/** The smallest input that breaks the law, or undefined when none was found. */
export function counterexampleOf(run: fc.RunDetails<unknown>): string | undefined {
  return run.failed ? fc.defaultReportMessage(run) : undefined;
}
