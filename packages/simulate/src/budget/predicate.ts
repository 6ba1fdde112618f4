import { FormatError } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import type { DecisionDiff, PackName } from "../diff/decision-diff.ts";
import type { BudgetVerdict } from "./budget.ts";

/** As many groups as a verifier reads. */
const MAX_GROUPS = 1_000;

/**
 * The predicate of type `urn:policy-pack:decision-diff:v1`: which packs, from which inputs, how many decisions flip in
 * which groups, and how that stands to a budget. It holds no input and no reason text beyond the groups' names, since
 * statements end in public logs and inputs may come from decision logs.
 * @throws FormatError LIMIT_EXCEEDED for more groups than a verifier reads
 */
export function toDecisionDiffPredicate(diff: DecisionDiff, verdict?: BudgetVerdict): JsonObject {
  if (diff.groups.length > MAX_GROUPS) {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `The diff has ${diff.groups.length} groups; at most ${MAX_GROUPS} are attested. Change less at once.`,
    );
  }
  const { generator, seed, iterations, inputs, compared, flips } = diff;
  const named = (status: "gone" | "new"): string[] =>
    diff.entrypoints.filter((entry) => entry.status === status).map(({ entrypoint }) => entrypoint);
  return {
    generator,
    seed,
    iterations,
    old: toPack(diff.old),
    new: toPack(diff.new),
    inputs: { ...inputs },
    compared,
    flips: { ...flips },
    groups: diff.groups.map(({ name, entrypoint, direction, reason, count }) => {
      return { name, entrypoint, direction, reason, count };
    }),
    entrypoints: { gone: named("gone"), new: named("new") },
    failedCases: diff.failedCases.length,
    undecided: diff.undecided.count,
    ...(verdict === undefined ? {} : { budget: toBudget(verdict) }),
  };
}

function toPack({ packId, revision, digest }: PackName): JsonObject {
  return { packId, revision, digest };
}

function toBudget({ ok, maxFlips, named, unnamed }: BudgetVerdict): JsonObject {
  return { met: ok, maxFlips, named, unnamed };
}
