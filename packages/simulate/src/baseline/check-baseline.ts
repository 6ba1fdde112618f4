import { canonicalJson, ConfigError, FormatError, TrustError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { MigrationNote } from "../budget/budget.ts";
import { asNotes, namedGroups } from "../budget/named-groups.ts";
import { wordOf } from "../decide/reason.ts";
import type { Side } from "../decide/reason.ts";
import type { FlipCounts } from "../diff/decision-diff.ts";
import { nameFlip } from "../diff/flip.ts";
import type { FlipName } from "../diff/flip.ts";
import { compareGroups } from "../diff/groups.ts";
import type { InputModel } from "../generator/input-model.ts";
import type { Baseline, BaselineFlip, BaselineVerdict, RateChange } from "./baseline.ts";
import { placesOf } from "./parse-baseline.ts";
import { keyOf } from "./recorder.ts";
import type { SimulationRun } from "./simulate-pack.ts";
import { passRate } from "./to-baseline.ts";

/** How far a pass rate may move. */
export const BASELINE_TOLERANCE = 0.005;
/** Less than a pass rate's last place, so that a move of exactly the tolerance is within it. */
const EPSILON = 1e-9;

export interface CheckOptions {
  /** `BASELINE_TOLERANCE` unless said. */
  readonly tolerance?: number;
  readonly note?: MigrationNote | readonly MigrationNote[];
  /** What `toInputModel` reads of the pack today. */
  readonly model?: InputModel;
}

type OpenFlip = FlipName & { readonly entrypoint: string; count: number };

/**
 * Holds a run over a baseline's inputs (`simulateBaseline`) against it: every pass rate within the tolerance, and every
 * flip in a group that a note names. An entrypoint that only one of both has is outside every tolerance. The notes are
 * taken at their word: whether a listed approver signed them is checked before.
 * @throws ConfigError CONFIG_INVALID for a tolerance that is no number from 0 to 1, or a run over other inputs
 * @throws FormatError BASELINE_INVALID for a note about another change, or one that names a group that is not there; for
 *   a baseline of this very pack with another model
 */
export function checkBaseline(baseline: Baseline, run: SimulationRun, options: CheckOptions = {}): BaselineVerdict {
  const { tolerance = BASELINE_TOLERANCE, note, model = baseline.model } = options;
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw new ConfigError("CONFIG_INVALID", `The tolerance is ${tolerance}; give a number from 0 to 1.`);
  }
  const modelCurrent =
    canonicalJson(model as unknown as JsonValue) === canonicalJson(baseline.model as unknown as JsonValue);
  if (baseline.pack.digest === run.pack.digest && !modelCurrent) throw notItsModel();
  const open = flipsOf(baseline, run);
  const change = { old: baseline.pack, new: run.pack, groups: open };
  const named = namedGroups(change, asNotes(note));
  const groups = open.map((flip): BaselineFlip => ({ ...flip, named: named.has(flip.name) })).sort(compareGroups);
  const exceeded = rateChanges(baseline, run).filter(
    ({ was, is }) => was === null || is === null || Math.abs(was - is) > tolerance + EPSILON,
  );
  return {
    ok: exceeded.length === 0 && groups.every((group) => group.named),
    tolerance,
    old: baseline.pack,
    new: run.pack,
    exceeded,
    flips: countFlips(groups),
    groups,
    modelCurrent,
  };
}

/** The bytes of a pack tell its model: another one was written by hand. */
function notItsModel(): FormatError {
  return new FormatError(
    "BASELINE_INVALID",
    "The baseline is of this very pack, and its model is not what the pack's schemas, data and literals give; run policy-pack simulate --update.",
  );
}

/**
 * Ends what a baseline does not permit.
 * @throws TrustError BASELINE_EXCEEDED
 */
export function requireBaseline({ ok, groups, exceeded, tolerance }: BaselineVerdict): void {
  if (ok) return;
  const flips = groups.filter(({ named }) => !named);
  const rates = exceeded.map(
    ({ entrypoint, was, is }) => `${entrypoint} from ${was ?? "nothing"} to ${is ?? "nothing"}`,
  );
  const said = [
    ...(flips.length > 0 ? [`no migration note names ${flips.length} of the groups of decisions that flipped`] : []),
    ...(rates.length > 0 ? [`pass rates moved by more than ${tolerance}: ${rates.slice(0, 5).join(", ")}`] : []),
  ];
  throw new TrustError(
    "BASELINE_EXCEEDED",
    `The decisions are not the baseline's: ${said.join("; ")}. Look at them with policy-pack diff, then change the policy, write a migration note, or run policy-pack simulate --update.`,
  );
}

function rateChanges({ passRates }: Baseline, { entrypoints }: SimulationRun): readonly RateChange[] {
  const names = [...new Set([...Object.keys(passRates), ...entrypoints.keys()])].sort();
  return names.map((entrypoint) => {
    const now = entrypoints.get(entrypoint);
    const was = Object.hasOwn(passRates, entrypoint) ? (passRates[entrypoint] ?? null) : null;
    return { entrypoint, was, is: now === undefined ? null : passRate(now.counts) };
  });
}

function flipsOf(baseline: Baseline, run: SimulationRun): readonly OpenFlip[] {
  const flips = new Map<string, OpenFlip>();
  const names = [...new Set([...Object.keys(baseline.outcomes), ...run.entrypoints.keys()])].sort();
  for (const entrypoint of names) {
    const was = Object.hasOwn(baseline.outcomes, entrypoint) ? baseline.outcomes[entrypoint] : undefined;
    const before = was === undefined ? undefined : sidesOf(was);
    const now = run.entrypoints.get(entrypoint);
    const after = now === undefined ? undefined : sidesOf(now.outcomes);
    if (before !== undefined && after !== undefined && before.length !== after.length) {
      throw new ConfigError(
        "CONFIG_INVALID",
        `${entrypoint} was asked other inputs than the baseline; draw them from it.`,
      );
    }
    for (let index = 0; index < (before ?? after ?? []).length; index++) {
      countFlip(flips, entrypoint, before?.[index] ?? ABSENT, after?.[index] ?? ABSENT);
    }
  }
  return [...flips.values()];
}

interface RecordedSide {
  readonly side: Side;
  /** The same for decisions that say the same, whatever explains them. */
  readonly key: string;
}

const ABSENT: RecordedSide = {
  side: { outcome: "DENY", error: "ENTRYPOINT_UNKNOWN", word: "error.ENTRYPOINT_UNKNOWN", codes: "" },
  key: "",
};

function sidesOf(recorded: Parameters<typeof placesOf>[0]): readonly RecordedSide[] {
  const sides = recorded.decisions.map((decision): RecordedSide => {
    const { outcome, error, long, reason: codes } = decision;
    const said = { outcome, word: long?.word ?? wordOf(decision), codes };
    return { side: error === undefined ? said : { ...said, error }, key: keyOf({ ...decision, reason: "" }) };
  });
  return (placesOf(recorded) ?? []).map((place) => sides[place] ?? ABSENT);
}

function countFlip(flips: Map<string, OpenFlip>, entrypoint: string, before: RecordedSide, after: RecordedSide): void {
  if (before.key === after.key) return;
  const isAbsent = before === ABSENT || after === ABSENT;
  if (isAbsent && before.side.outcome === "DENY" && after.side.outcome === "DENY") return;
  const flip = nameFlip(entrypoint, before.side, after.side);
  const open = flips.get(flip.name) ?? { ...flip, entrypoint, count: 0 };
  open.count += 1;
  flips.set(flip.name, open);
}

function countFlips(groups: readonly BaselineFlip[]): FlipCounts {
  const count = (direction: BaselineFlip["direction"]): number =>
    groups.filter((group) => group.direction === direction).reduce((sum, group) => sum + group.count, 0);
  return { denyToAllow: count("DENY_TO_ALLOW"), allowToDeny: count("ALLOW_TO_DENY"), other: count("VALUE") };
}
