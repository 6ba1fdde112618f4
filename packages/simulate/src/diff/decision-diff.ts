import type { Digest, JsonValue } from "@policy-pack/pack";
import type { CaseDecision } from "../decide/case-decision.ts";
import type { InputOrigin } from "../generator/case-input.ts";

/** A pack as a report names it. */
export interface PackName {
  readonly packId: string;
  readonly revision: string;
  readonly digest: Digest;
}

/** Which way a decision went from the old pack to the new; VALUE where both allow, or neither does. */
export type FlipDirection = "DENY_TO_ALLOW" | "ALLOW_TO_DENY" | "VALUE";

/** How many decisions flipped: an input counts once for each entrypoint. */
export interface FlipCounts {
  readonly denyToAllow: number;
  readonly allowToDeny: number;
  readonly other: number;
}

/** How often each outcome came. */
export interface OutcomeCounts {
  readonly allow: number;
  readonly deny: number;
  readonly other: number;
  /** Of the denials, those without a decision: undefined, stopped, or no such entrypoint. */
  readonly errors: number;
}

/** One entrypoint under both packs. */
export interface EntrypointDiff {
  readonly entrypoint: string;
  /** `gone`: only the old pack has it, all that it allowed is DENY now; `new`: only the new one, all was DENY before. */
  readonly status: "both" | "gone" | "new";
  /** True for entrypoints that explain: they have no outcome and never flip. */
  readonly explains: boolean;
  readonly compared: number;
  readonly old: OutcomeCounts;
  readonly new: OutcomeCounts;
  readonly flips: FlipCounts;
  /** Of an explaining entrypoint, how many answers differ. */
  readonly reworded: number;
}

/** The smallest input of a group, shrunk as far as it still flips the same way for the same reason. */
export interface FlipExample {
  /** The input from which it was shrunk. */
  readonly id: string;
  readonly origin: InputOrigin;
  readonly shrunk: boolean;
  readonly input: JsonValue;
  readonly old: CaseDecision;
  readonly new: CaseDecision;
  /** What the package's `reasons` entrypoint answers; undefined when there is none or it failed. */
  readonly oldReasons?: JsonValue;
  readonly newReasons?: JsonValue;
}

/** Flips of one entrypoint, in one direction, for one reason. */
export interface FlipGroup {
  /** What a migration note names: `deny-to-allow:cos/promotion/ok:error_rate_exceeded`. The same for every run. */
  readonly name: string;
  readonly entrypoint: string;
  readonly direction: FlipDirection;
  /** Reason codes of the denying side joined by `+`; of a VALUE flip `<old value>-><new value>` before them. */
  readonly reason: string;
  readonly count: number;
  readonly smallest: FlipExample;
}

/** A recorded case whose expected value the new pack does not answer. */
export interface FailedCase {
  readonly id: string;
  readonly origin: InputOrigin;
  readonly entrypoint: string;
  readonly expected: JsonValue;
  readonly actual: CaseDecision;
}

/** Which decisions change from one pack to another. Plain JSON: it prints and parses without loss. */
export interface DecisionDiff {
  /** GENERATOR_VERSION, whether random inputs were used or not. */
  readonly generator: string;
  /** Of the random inputs; null when there were none. */
  readonly seed: number | null;
  readonly iterations: number | null;
  readonly old: PackName;
  readonly new: PackName;
  readonly inputs: Readonly<Record<InputOrigin, number>>;
  /** Pairs of decisions compared: each input at each of its deciding entrypoints. */
  readonly compared: number;
  readonly flips: FlipCounts;
  /** Sorted by name. */
  readonly entrypoints: readonly EntrypointDiff[];
  /** DENY_TO_ALLOW first, then ALLOW_TO_DENY, then VALUE; the largest first, then by name. */
  readonly groups: readonly FlipGroup[];
  readonly failedCases: readonly FailedCase[];
  /** Inputs of packages and entrypoints that neither pack has: nothing was decided on them. */
  readonly undecided: { readonly count: number; readonly targets: readonly string[] };
}

/** How far a long run is. */
export interface Progress {
  readonly inputs: number;
  readonly decisions: number;
}
