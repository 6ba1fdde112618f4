import type { JsonObject } from "@policy-pack/pack";
import { GENERATOR_VERSION } from "@policy-pack/simulate";
import type { GeneratorPack } from "@policy-pack/simulate";
import { BUILD_LIMITS } from "../limits.ts";
import type { OpaRun } from "../opa-run.ts";
import { Comparison } from "./comparison.ts";
import type { ParityOptions, ParityReport } from "./parity.ts";
import { drawQuestions, isRecorded } from "./questions.ts";
import { parseTestRules } from "./test-outcomes.ts";
import { compareTests } from "./test-parity.ts";

/** A pack that was just compiled, where OPA can read it. */
export interface ParityJob {
  readonly run: OpaRun;
  readonly output: string;
  readonly offline: string;
  /** All Rego, and that without tests; relative to where OPA runs. */
  readonly rego: readonly string[];
  readonly policies: readonly string[];
  readonly data: JsonObject;
  readonly roots: readonly string[];
  /** The module that is shipped. */
  readonly wasm: Uint8Array;
  readonly required: readonly string[];
  readonly pack: GeneratorPack;
  /** What `opa test --format json` printed. */
  readonly testOutput: string;
}

/**
 * Holds the module that is shipped against OPA: the pack's tests, compiled likewise, must come out as under `opa test`, and
 * every entrypoint must decide its recorded cases and a seeded set of random inputs as `opa eval` does, at a fixed time
 * and with lots that fall alike. What differs stands in the report, by the smallest input that shows it.
 * @throws ConfigError TOOL_FAILED, SOURCE_INVALID for a module that does not start, CONFIG_INVALID for a seed or number
 *   out of range; the signal's reason when aborted
 */
export async function checkParity(job: ParityJob, options: ParityOptions): Promise<ParityReport> {
  const { deadlineMs = BUILD_LIMITS.parityDeadlineMs, onProgress } = options;
  const ask = { deadlineMs, signal: job.run.signal };
  const { groups, notCompared } = drawQuestions(job.pack, options);
  const comparison = new Comparison(job, groups, ask);
  try {
    const tests = compareTests({ ...job, rules: parseTestRules(job.testOutput) }, ask);
    const [tested] = await settle(tests, comparison.run(onProgress));
    const { entrypoints } = comparison;
    return {
      generator: GENERATOR_VERSION,
      seed: options.seed,
      inputs: options.inputs,
      cases: groups.reduce((sum, { inputs }) => sum + inputs.filter(isRecorded).length, 0),
      decisions: entrypoints.reduce((sum, { decisions }) => sum + decisions, 0),
      entrypoints,
      tests: tested.compared,
      // OPA runs tests side by side, and tells of them as they end.
      testDifferences: tested.differences.toSorted((left, right) => (left.name < right.name ? -1 : 1)),
      differences: await comparison.smallest(),
      notCompared: [...notCompared, ...comparison.unseen, ...tested.notCompared],
    };
  } finally {
    comparison.close();
  }
}

/** Both are waited for, so that no OPA outlives its folder. */
async function settle<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
