import { setImmediate } from "node:timers/promises";
import { createDecider } from "../decide/decider.ts";
import type { DecidingPack } from "../decide/decider.ts";
import type { CaseInput } from "../generator/case-input.ts";
import { GENERATOR_VERSION } from "../generator/version.ts";
import type { OutcomeRules } from "../outcomes/outcome.ts";
import { Comparison } from "./comparison.ts";
import type { DecisionDiff, Progress } from "./decision-diff.ts";
import { toExample } from "./example.ts";
import { SIMULATE_LIMITS } from "../limits.ts";

export interface DiffOptions {
  /** What the values mean; the new pack's, which the change under review may alter, is the caller's to choose. */
  readonly outcomes: OutcomeRules;
  /** From what the random inputs were drawn, for the report. */
  readonly drawn?: { readonly seed: number; readonly iterations: number };
  /** Called now and then, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the run between two inputs: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** Inputs between two looks at the signal: a millisecond or so. */
export const INPUTS_A_TURN = 200;

/**
 * Decides every input under both packs and says which decisions change. An undecided question is a DENY. An entrypoint
 * that one of the packs has not is a DENY there, in a group of its own. The same packs and inputs give the same report.
 * Neither pack's signature is looked at. A policy that never ends is not interrupted.
 * @throws EvaluationError WASM_INVALID for a pack that does not start
 * @throws FormatError INPUT_INVALID | LIMIT_EXCEEDED when a pack's data cannot be carried over
 */
export async function diffPacks(
  old: DecidingPack,
  next: DecidingPack,
  inputs: Iterable<CaseInput>,
  options: DiffOptions,
): Promise<DecisionDiff> {
  const { outcomes, drawn, onProgress, signal } = options;
  const sides = { old: await createDecider(old, outcomes), new: await createDecider(next, outcomes) };
  const comparison = new Comparison(sides);
  let count = 0;
  for (const input of inputs) {
    comparison.add(input);
    if (++count % INPUTS_A_TURN !== 0) continue;
    onProgress?.(comparison.progress);
    await setImmediate();
    signal?.throwIfAborted();
  }
  onProgress?.(comparison.progress);
  const { groups: open, ...counted } = comparison.finish();
  const groups: DecisionDiff["groups"][number][] = [];
  for (const [index, group] of open.entries()) {
    signal?.throwIfAborted();
    const { name, entrypoint, direction, reason, count: flips } = group;
    const smallest = toExample(sides, group, { shrinks: index < SIMULATE_LIMITS.maxShrunkGroups });
    groups.push({ name, entrypoint, direction, reason, count: flips, smallest });
    await setImmediate();
  }
  return {
    generator: GENERATOR_VERSION,
    seed: drawn?.seed ?? null,
    iterations: drawn?.iterations ?? null,
    old: sides.old.name,
    new: sides.new.name,
    ...counted,
    groups,
  };
}
