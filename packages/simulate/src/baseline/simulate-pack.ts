import { setImmediate } from "node:timers/promises";
import { AskedInput } from "../decide/asked-input.ts";
import { byPackage, createDecider } from "../decide/decider.ts";
import type { Decider, DecidingPack } from "../decide/decider.ts";
import type { FailedCase, OutcomeCounts, PackName, Progress } from "../diff/decision-diff.ts";
import { INPUTS_A_TURN } from "../diff/diff-packs.ts";
import { isSameValue } from "../diff/flip.ts";
import type { CaseInput, InputOrigin } from "../generator/case-input.ts";
import { drawInputs } from "../generator/generate.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { OutcomeRules } from "../outcomes/outcome.ts";
import type { Baseline, RecordedOutcomes } from "./baseline.ts";
import { Recorder } from "./recorder.ts";

export interface SimulateOptions {
  readonly outcomes: OutcomeRules;
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the run between two inputs: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What one pack decided. */
export interface SimulationRun {
  readonly pack: PackName;
  readonly inputs: Readonly<Record<InputOrigin, number>>;
  readonly decisions: number;
  /** Of every deciding entrypoint of the pack, over the random inputs; empty ones too. */
  readonly entrypoints: ReadonlyMap<string, { readonly counts: OutcomeCounts; readonly outcomes: RecordedOutcomes }>;
  /** Recorded cases that the pack decides otherwise. */
  readonly failedCases: readonly FailedCase[];
  /** Inputs of packages and entrypoints that the pack has not. */
  readonly undecided: { readonly count: number; readonly targets: readonly string[] };
}

/**
 * Decides every input under one pack: what a baseline records, and whether recorded cases still hold. Random inputs are
 * recorded, others only held against what they expect.
 * @throws EvaluationError WASM_INVALID for a pack that does not start
 */
export async function simulatePack(
  pack: DecidingPack,
  inputs: Iterable<CaseInput>,
  { outcomes, onProgress, signal }: SimulateOptions,
): Promise<SimulationRun> {
  const simulation = new Simulation(await createDecider(pack, outcomes));
  let count = 0;
  for (const input of inputs) {
    simulation.add(input);
    if (++count % INPUTS_A_TURN !== 0) continue;
    onProgress?.(simulation.progress);
    await setImmediate();
    signal?.throwIfAborted();
  }
  onProgress?.(simulation.progress);
  return simulation.finish();
}

/**
 * Asks a pack what a baseline asked, and the recorded cases beside that.
 * @throws EvaluationError WASM_INVALID
 * @throws ConfigError SOURCE_INVALID for a model whose schemas cannot be drawn from
 */
export function simulateBaseline(
  pack: DecidingPack,
  baseline: Baseline,
  options: SimulateOptions & { readonly cases?: Iterable<CaseInput> },
): Promise<SimulationRun> {
  const { model, seed, iterations } = baseline;
  const random = drawInputs(model, { seed, iterations });
  return simulatePack(pack, chain(options.cases ?? [], random), options);
}

function* chain(...lists: readonly Iterable<CaseInput>[]): Generator<CaseInput> {
  for (const list of lists) yield* list;
}

class Simulation {
  readonly #decider: Decider;
  readonly #deciding: ReadonlyMap<string, readonly string[]>;
  readonly #recorders: ReadonlyMap<string, Recorder>;
  readonly #inputs: Record<InputOrigin, number> = { case: 0, log: 0, random: 0 };
  readonly #failed: FailedCase[] = [];
  readonly #undecided = { count: 0, targets: new Set<string>() };
  #decisions = 0;

  constructor(decider: Decider) {
    this.#decider = decider;
    const deciding = [...decider.entrypoints].filter((entrypoint) => decider.ruleOf(entrypoint) !== "explains").sort();
    this.#deciding = byPackage(deciding);
    this.#recorders = new Map(deciding.map((entrypoint) => [entrypoint, new Recorder()]));
  }

  get progress(): Progress {
    const { case: cases, log, random } = this.#inputs;
    return { inputs: cases + log + random, decisions: this.#decisions };
  }

  add(input: CaseInput): void {
    this.#inputs[input.origin] += 1;
    const asked = new AskedInput(this.#decider, input);
    if (input.origin === "random") this.#record(input, asked);
    else this.#hold(input, asked);
  }

  finish(): SimulationRun {
    const recorded = [...this.#recorders].map(([entrypoint, recorder]) => {
      return [entrypoint, { counts: recorder.counts, outcomes: recorder.toOutcomes() }] as const;
    });
    return {
      pack: this.#decider.name,
      inputs: { ...this.#inputs },
      decisions: this.#decisions,
      entrypoints: new Map(recorded),
      failedCases: this.#failed,
      undecided: { count: this.#undecided.count, targets: [...this.#undecided.targets].sort() },
    };
  }

  #record({ package: path, entrypoint: only }: CaseInput, asked: AskedInput): void {
    const entrypoints = only === undefined ? (this.#deciding.get(path) ?? []) : [only];
    for (const entrypoint of entrypoints) {
      this.#recorders.get(entrypoint)?.add(asked, entrypoint);
      this.#decisions += 1;
    }
    if (entrypoints.length === 0) this.#leave(path);
  }

  #hold({ id, origin, entrypoint, expected, package: path }: CaseInput, asked: AskedInput): void {
    if (entrypoint === undefined || !this.#decider.entrypoints.has(entrypoint)) this.#leave(entrypoint ?? path);
    if (entrypoint === undefined) return;
    const actual = asked.decide(entrypoint);
    this.#decisions += 1;
    if (expected === undefined || isSameValue(actual.value, expected)) return;
    if (this.#failed.length >= SIMULATE_LIMITS.maxListed) return;
    this.#failed.push({ id, origin, entrypoint, expected, actual });
  }

  #leave(target: string): void {
    this.#undecided.count += 1;
    if (this.#undecided.targets.size < SIMULATE_LIMITS.maxListed) this.#undecided.targets.add(target);
  }
}
