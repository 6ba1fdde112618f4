import { failedCaseText } from "@policy-pack/simulate";
import type { Baseline, BaselineVerdict, FailedCase, RateChange } from "@policy-pack/simulate";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import type { ApprovedNote } from "./migration-notes.ts";

/** The answer of `simulate --update`. */
export function describeUpdate(path: string, baseline: Baseline, failedCases: readonly FailedCase[]): Report {
  const { generator, seed, iterations, pack, passRates, digest } = baseline;
  const rates = Object.entries(passRates).map(([entrypoint, rate]) => [entrypoint, percent(rate)]);
  return {
    json: { ok: true, baseline: path, generator, seed, iterations, pack, passRates, digest, failedCases },
    text: [
      `${path} is written: ${pack.packId} revision ${pack.revision}, ${pack.digest}`,
      formatTable([["entrypoint", "allowed"], ...rates]),
    ].join("\n\n"),
  };
}

/** All that came of a check. */
export interface BaselineCheck {
  readonly verdict: BaselineVerdict;
  readonly notes: readonly ApprovedNote[];
  readonly failedCases: readonly FailedCase[];
}

/** The answer of `simulate --check`. */
export function describeCheck(path: string, { verdict, notes, failedCases }: BaselineCheck): Report {
  const { exceeded, groups, modelCurrent } = verdict;
  const ok = verdict.ok && failedCases.length === 0;
  const text = [
    verdict.ok ? `The decisions are those of ${path}.` : `The decisions are not those of ${path}.`,
    formatTable(
      groups.map((group) => [
        group.name,
        `${group.count} ${group.count === 1 ? "decision" : "decisions"}`,
        group.named ? "named" : "NOT NAMED",
      ]),
    ),
    formatTable(
      exceeded.map((change) => [change.entrypoint, `allowed ${rateOf(change.was)}`, `now ${rateOf(change.is)}`]),
    ),
    formatTable(failedCases.map((failed) => ["case", failed.id, `${failed.entrypoint}: ${failedCaseText(failed)}`])),
    formatTable(notes.map(({ file, approvedBy }) => ["note", file, `approved by ${approvedBy.join(", ")}`])),
    modelCurrent ? "" : "Schemas, data or literals of the pack changed since: --update would draw other inputs.",
  ];
  return {
    json: {
      ok,
      baseline: path,
      verdict,
      failedCases,
      notes: notes.map(({ file, approvedBy }) => ({ file, approvedBy })),
    },
    text: text.filter((part) => part !== "").join("\n\n"),
  };
}

function rateOf(rate: RateChange["was"]): string {
  return rate === null ? "(no such entrypoint)" : percent(rate);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
