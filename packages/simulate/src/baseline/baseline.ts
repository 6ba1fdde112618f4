import type { Digest, ErrorCode, JsonValue } from "@policy-pack/pack";
import type { FlipCounts, FlipDirection, PackName } from "../diff/decision-diff.ts";
import type { InputModel } from "../generator/input-model.ts";
import type { Outcome } from "../outcomes/outcome.ts";

/**
 * A kind of decision that came up, with the reason codes that came with it. Exactly one of `value`, `long` and `error` is
 * there.
 */
export interface RecordedDecision {
  readonly outcome: Outcome;
  readonly value?: JsonValue;
  /** Of a value too long to keep: the word that stands for its kind in names, and the digest of its canonical JSON. */
  readonly long?: { readonly word: string; readonly digest: Digest };
  readonly error?: ErrorCode;
  /** As `FlipGroup.reason` spells codes; empty without a `reasons` entrypoint. */
  readonly reason: string;
}

/** All decisions of one entrypoint in the order of the inputs. */
export interface RecordedOutcomes {
  /** In the order of their canonical JSON, none twice, each used. */
  readonly decisions: readonly RecordedDecision[];
  /** For each input the place of its decision in the list, in base 62 with as many digits as the last place needs. */
  readonly sequence: string;
}

/** The content of `cases/baseline.json`, there under the key `baseline`. */
export interface Baseline {
  readonly generator: string;
  readonly seed: number;
  readonly iterations: number;
  /** The pack whose decisions were recorded. */
  readonly pack: PackName;
  /** Allowed decisions as a share of all, rounded to six decimal places, by entrypoint. */
  readonly passRates: Readonly<Record<string, number>>;
  /** Of `outcomes` in canonical JSON (RFC 8785): of all decisions in their order. */
  readonly digest: Digest;
  readonly outcomes: Readonly<Record<string, RecordedOutcomes>>;
  /** What the inputs were drawn from, so that another pack is asked the very same questions. */
  readonly model: InputModel;
}

/** A pass rate that moved further than is tolerated; null where the entrypoint is not in one of both. */
export interface RateChange {
  readonly entrypoint: string;
  readonly was: number | null;
  readonly is: number | null;
}

/** Flips against a baseline, named as `FlipGroup` names them. */
export interface BaselineFlip {
  readonly name: string;
  readonly entrypoint: string;
  readonly direction: FlipDirection;
  readonly reason: string;
  readonly count: number;
  /** Whether a migration note names it. */
  readonly named: boolean;
}

export interface BaselineVerdict {
  readonly ok: boolean;
  readonly tolerance: number;
  readonly old: PackName;
  readonly new: PackName;
  readonly exceeded: readonly RateChange[];
  readonly flips: FlipCounts;
  readonly groups: readonly BaselineFlip[];
  /** False when the pack's schemas, data or literals changed since: `--update` would draw other inputs. */
  readonly modelCurrent: boolean;
}
