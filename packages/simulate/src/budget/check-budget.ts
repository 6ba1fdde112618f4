import { ConfigError, TrustError } from "@policy-pack/pack";
import type { DecisionDiff } from "../diff/decision-diff.ts";
import { totalFlips } from "../diff/tally.ts";
import type { BudgetVerdict, DiffBudget, MigrationNote } from "./budget.ts";
import { asNotes, namedGroups } from "./named-groups.ts";

/**
 * Holds a diff against a budget: at most `maxFlips` flips in all, and each DENY_TO_ALLOW group named by a note. The
 * notes are taken at their word: whether a listed approver signed them is checked before.
 * @throws FormatError BASELINE_INVALID for a note about another change, or one that names a group that is not there
 * @throws ConfigError CONFIG_INVALID for a budget that is no whole number
 */
export function checkBudget(
  diff: DecisionDiff,
  { maxFlips }: DiffBudget,
  note?: MigrationNote | readonly MigrationNote[],
): BudgetVerdict {
  if (!Number.isSafeInteger(maxFlips) || maxFlips < 0) {
    throw new ConfigError("CONFIG_INVALID", `maxFlips is ${maxFlips}; give a whole number from 0.`);
  }
  const named = namedGroups(diff, asNotes(note));
  const unnamed = diff.groups.filter(({ direction, name }) => direction === "DENY_TO_ALLOW" && !named.has(name));
  const flips = totalFlips(diff.flips);
  return {
    ok: flips <= maxFlips && unnamed.length === 0,
    maxFlips,
    flips,
    named: [...named].sort(),
    unnamed: unnamed.map(({ name }) => name),
  };
}

/**
 * Ends what a budget does not permit.
 * @throws TrustError DIFF_BUDGET_EXCEEDED
 */
export function requireBudget({ ok, flips, maxFlips, unnamed }: BudgetVerdict): void {
  if (ok) return;
  const [first] = unnamed;
  throw new TrustError(
    "DIFF_BUDGET_EXCEEDED",
    first === undefined
      ? `${flips} decisions differ; the budget takes ${maxFlips}. Change the policy, or raise the budget knowingly.`
      : `No migration note names ${unnamed.length} of the groups of decisions that turn from DENY to ALLOW, first ${first.slice(0, 200)}. Change the policy, or have an approver sign a note.`,
  );
}
