import { createInstance, toPlainJson } from "@policy-pack/evaluate";
import type { InstanceOptions, PolicyContents } from "@policy-pack/evaluate";
import { PolicyPackError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { PackName } from "../diff/decision-diff.ts";
import { outcomeRuleOf, readOutcome } from "../outcomes/outcome.ts";
import type { OutcomeRule, OutcomeRules } from "../outcomes/outcome.ts";
import type { CaseDecision } from "./case-decision.ts";

/** What a simulation needs of a pack that decides; `PackContents` is one. */
export interface DecidingPack extends PolicyContents {
  readonly packId: string;
}

/** 2026-01-01T00:00:00Z: what `time.now_ns` answers unless an input says otherwise, so that a run can be repeated. */
export const SIMULATION_TIME_NS = 1_767_225_600_000_000_000n;

/** A policy that asks for the world is simulated without it: no host answers, lots fall alike, the environment is empty. */
const ALONE: InstanceOptions = Object.freeze({
  capabilities: { http: { hosts: [] }, lookup: { hosts: [] }, runtime: {} },
  randomBytes: (length: number) => new Uint8Array(length),
});

/** An input and the time at which it is decided. */
export interface Question {
  readonly input: JsonValue;
  readonly timeNs?: bigint;
}

/** One pack, ready to decide. */
export interface Decider {
  readonly name: PackName;
  readonly entrypoints: ReadonlySet<string>;
  /** Whether the pack has the entrypoint or not. */
  ruleOf(entrypoint: string): OutcomeRule;
  /** The first entrypoint of the package that explains. */
  explainerOf(packagePath: string): string | undefined;
  /** Never throws for what the policy or the input does: that is a DENY with its error code. */
  decide(question: Question, entrypoint: string): CaseDecision;
}

/**
 * Starts a pack's policy for a simulation. Whether the pack is to be trusted is decided before.
 * @throws EvaluationError WASM_INVALID
 * @throws FormatError INPUT_INVALID | LIMIT_EXCEEDED when the data cannot be carried over
 */
export async function createDecider(pack: DecidingPack, outcomes: OutcomeRules): Promise<Decider> {
  let time = SIMULATION_TIME_NS;
  const instance = await createInstance(pack, { ...ALONE, now: () => time });
  const entrypoints = new Set(instance.entrypoints);
  const rules = new Map(instance.entrypoints.map((entrypoint) => [entrypoint, outcomeRuleOf(entrypoint, outcomes)]));
  const ruleOf = (entrypoint: string): OutcomeRule => rules.get(entrypoint) ?? outcomeRuleOf(entrypoint, outcomes);
  const explainers = new Map(
    [...byPackage(instance.entrypoints)].map(([path, all]) => [path, all.find((one) => ruleOf(one) === "explains")]),
  );
  return {
    name: { packId: pack.packId, revision: pack.revision, digest: pack.digest },
    entrypoints,
    ruleOf,
    explainerOf: (packagePath) => explainers.get(packagePath),
    decide({ input, timeNs }, entrypoint) {
      if (!entrypoints.has(entrypoint)) return { outcome: "DENY", error: "ENTRYPOINT_UNKNOWN" };
      time = timeNs ?? SIMULATION_TIME_NS;
      try {
        const value = toPlainJson(instance.decide(input, entrypoint).value);
        return { outcome: readOutcome(ruleOf(entrypoint), value), value };
      } catch (thrown) {
        if (thrown instanceof PolicyPackError) return { outcome: "DENY", error: thrown.code };
        throw thrown;
      }
    },
  };
}

/** The package of an entrypoint: `cos/abac` of `cos/abac/allow`. */
export function packageOf(entrypoint: string): string {
  return entrypoint.slice(0, entrypoint.lastIndexOf("/"));
}

/** Entrypoints by package, both sorted. */
export function byPackage(entrypoints: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  for (const entrypoint of [...entrypoints].sort()) {
    const siblings = packages.get(packageOf(entrypoint));
    if (siblings === undefined) packages.set(packageOf(entrypoint), [entrypoint]);
    else siblings.push(entrypoint);
  }
  return packages;
}
