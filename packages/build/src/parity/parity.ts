import type { CaseInput } from "@policy-pack/simulate";
import type { ParityDifference } from "./differences.ts";
import type { NotCompared } from "./questions.ts";
import type { TestDifference } from "./test-outcomes.ts";

/** Which random inputs are drawn. */
export interface ParityDraw {
  /** Draws the same inputs again; a whole number from 0. */
  readonly seed: number;
  /** Of each package with entrypoints. */
  readonly inputs: number;
}

export interface ParityOptions extends ParityDraw {
  /** Recorded cases, which are asked besides. */
  readonly cases: readonly CaseInput[];
  /** What a difference does: end the build (unless said otherwise), or stand in its report. */
  readonly onDifference?: "refuse" | "report";
  /** For one answer of the module, in milliseconds; `BUILD_LIMITS.parityDeadlineMs` unless given. */
  readonly deadlineMs?: number;
  /** Told now and then how many of the inputs were decided. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** 100 inputs of each package, as the same generator and seed draw them everywhere. */
export const PARITY_DEFAULTS: ParityDraw = Object.freeze({ seed: 42, inputs: 100 });

/** What came of holding a pack's module against OPA. It is in order when nothing differs. */
export interface ParityReport {
  /** The version of what draws the inputs. */
  readonly generator: string;
  readonly seed: number;
  /** Random inputs of each package. */
  readonly inputs: number;
  /** Recorded cases that were asked. */
  readonly cases: number;
  /** Decisions that were compared: each input under each entrypoint of its package. */
  readonly decisions: number;
  /** Of each entrypoint. */
  readonly entrypoints: readonly EntrypointParity[];
  /** Test rules that were compared. */
  readonly tests: number;
  /** Tests whose outcome differs. */
  readonly testDifferences: readonly TestDifference[];
  /** One an entrypoint: the smallest input that shows it. */
  readonly differences: readonly ParityDifference[];
  /** What could not be asked of both, and why. */
  readonly notCompared: readonly NotCompared[];
}

export interface EntrypointParity {
  readonly entrypoint: string;
  readonly decisions: number;
  readonly differences: number;
}

/** Whether OPA and the module decided alike wherever both were asked. */
export function isParity({ testDifferences, differences }: ParityReport): boolean {
  return testDifferences.length === 0 && differences.length === 0;
}
