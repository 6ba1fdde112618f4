import { isDigest, PolicyPackError } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import { array, object, oneOf, openObject, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed, MalformedError } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { positive, withoutNull } from "./exact-fields.ts";

/**
 * What a decision diff must say of the artifact, which is its new pack; `{}` is a demand too: no decision may turn from
 * DENY to ALLOW unless a migration note names it.
 */
export interface DecisionDiffRequirement {
  /** At most so many decisions differ, those that a note names included. Without it any number may. */
  readonly maxFlips?: number;
  /** The pack that it was compared with. Without it any other pack. */
  readonly from?: Digest;
  /** At least so many decisions were compared; 1 unless said. */
  readonly minimumCompared?: number;
}

/** A whole number from 0 that a double holds exactly. */
const count: Field<number> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : malformed("must be a whole number from 0");

const digest: Field<Digest> = (value) => {
  const said = text(value);
  return isDigest(said) ? said : malformed("must be sha256: and 64 hex digits");
};

const flag: Field<boolean> = (value) => (typeof value === "boolean" ? value : malformed("must be true or false"));

const requirementFields = withoutNull(
  object({ maxFlips: optional(count), from: optional(digest), minimumCompared: optional(positive) }),
);

/** What a policy demands of a decision diff. */
export const decisionDiffRequirement: Field<DecisionDiffRequirement> = (value) =>
  Object.fromEntries(Object.entries(requirementFields(value)).filter(([, demand]) => demand !== undefined));

const packField = openObject({ digest });

const groupField = openObject({
  name: text,
  direction: oneOf("DENY_TO_ALLOW", "ALLOW_TO_DENY", "VALUE"),
  count: positive,
});

/** The predicate may say more; it is signed, and its format may grow. */
const diffFields = openObject({
  old: packField,
  new: packField,
  compared: count,
  flips: openObject({ denyToAllow: count, allowToDeny: count, other: count }),
  groups: array(groupField, VERIFY_LIMITS.maxDiffGroups),
  budget: optional(openObject({ met: flag, named: array(text, VERIFY_LIMITS.maxDiffGroups) })),
});

type Diff = ReturnType<typeof diffFields>;

/**
 * Says why the diff is not one of a change to this artifact; undefined when it is. A diff is about two packs, and both are
 * subjects of its statement: what it says of a change away from a pack says nothing for that pack.
 */
export function unmetByDirection(predicate: JsonObject, artifact: Digest): string | undefined {
  return judging(predicate, (diff) => unmetDirection(diff, artifact));
}

/**
 * Says which part of the requirement the decision diff does not meet; undefined when it meets all. Flips are counted here
 * from the groups, and a verdict that it holds itself can only make it worse. That its inputs were drawn and decided as it
 * says, and who signed the note whose names it holds, is what its signature vouches for.
 */
export function unmetByDecisionDiff(
  required: DecisionDiffRequirement,
  predicate: JsonObject,
  artifact: Digest,
): string | undefined {
  return judging(
    predicate,
    (diff) =>
      unmetDirection(diff, artifact) ??
      unmetOrigin(diff, required) ??
      unmetExtent(diff, required) ??
      unmetCounts(diff) ??
      unmetBudget(diff, required),
  );
}

function judging(predicate: JsonObject, judge: (diff: Diff) => string | undefined): string | undefined {
  let diff: Diff;
  try {
    diff = diffFields(predicate);
  } catch (thrown) {
    if (thrown instanceof MalformedError || thrown instanceof PolicyPackError) {
      return `the decision diff cannot be read: ${thrown.message}`;
    }
    throw thrown;
  }
  return judge(diff);
}

function unmetDirection(diff: Diff, artifact: Digest): string | undefined {
  if (diff.new.digest !== artifact) return `the decision diff is of a change to ${diff.new.digest}, not to ${artifact}`;
  return diff.old.digest === artifact ? "the decision diff compares the pack with itself" : undefined;
}

function unmetOrigin(diff: Diff, { from }: DecisionDiffRequirement): string | undefined {
  if (from === undefined || diff.old.digest === from) return undefined;
  return `the decision diff is of a change from ${diff.old.digest}; the policy demands ${from}`;
}

function unmetExtent({ compared }: Diff, { minimumCompared = 1 }: DecisionDiffRequirement): string | undefined {
  return compared >= minimumCompared
    ? undefined
    : `the decision diff compared ${compared} decisions; the policy demands ${minimumCompared}`;
}

/** Totals that the groups do not add up to would hide a group. */
function unmetCounts({ compared, flips, groups }: Diff): string | undefined {
  if (new Set(groups.map(({ name }) => name)).size !== groups.length) {
    return "the decision diff has two groups of one name";
  }
  const counted = (direction: string): number =>
    groups.filter((group) => group.direction === direction).reduce((sum, group) => sum + group.count, 0);
  const isWhole =
    counted("DENY_TO_ALLOW") === flips.denyToAllow &&
    counted("ALLOW_TO_DENY") === flips.allowToDeny &&
    counted("VALUE") === flips.other;
  if (!isWhole) return "the decision diff's groups do not add up to its flips";
  return totalOf(flips) <= compared ? undefined : "the decision diff has more flips than decisions";
}

function unmetBudget({ flips, groups, budget }: Diff, { maxFlips }: DecisionDiffRequirement): string | undefined {
  const named = new Set(budget?.named);
  const unnamed = groups.find(({ direction, name }) => direction === "DENY_TO_ALLOW" && !named.has(name));
  if (unnamed !== undefined) {
    return `${unnamed.count} decisions turn from DENY to ALLOW, and no migration note names them (${JSON.stringify(unnamed.name.slice(0, 200))})`;
  }
  const total = totalOf(flips);
  if (maxFlips !== undefined && total > maxFlips) return `${total} decisions differ; the policy takes ${maxFlips}`;
  return budget?.met === false ? "the decision diff says itself that its budget is not met" : undefined;
}

function totalOf({ denyToAllow, allowToDeny, other }: Diff["flips"]): number {
  return denyToAllow + allowToDeny + other;
}
