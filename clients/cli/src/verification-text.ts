import type { BundleReport, FailureReport, ListReport, VerificationReport } from "@policy-pack/verify";
import { nameOfSigner } from "./explain-bundle.ts";
import { formatTable } from "./report.ts";
import { paint } from "./terminal.ts";
import type { OutputStream, Style, Terminal } from "./terminal.ts";
import { basisOf, everyBundle, reachedBasis } from "./trust-basis.ts";
import { formatBundle, formatSteps, paintedTable, sightOf } from "./verification-steps.ts";
import type { Painter } from "./verification-steps.ts";

export interface VerificationView {
  /** The file as it was named, or its digest. */
  readonly subject: string;
  /** Whose trusted root it was checked against. */
  readonly source: string;
  /** Whether every step of every bundle is told. */
  readonly steps: boolean;
}

const STYLES: Readonly<Record<string, Style>> = {
  accepted: "green",
  met: "green",
  passed: "green",
  rejected: "red",
  unmet: "red",
  failed: "red",
};

/**
 * The report as people read it: the verdict, what it rests on, a line for each demand and each bundle; of a rejection the
 * steps that led to it. Its message is left out, since the error before it says that.
 */
export function formatVerification(
  terminal: Terminal,
  stream: OutputStream,
  report: VerificationReport,
  view: VerificationView,
): string {
  const painter = (word: string): string => paint(terminal, stream, STYLES[word] ?? "dim", word);
  const verdict = report.verified
    ? paint(terminal, stream, "green", "verified:")
    : paint(terminal, stream, "red", "rejected:");
  const lines = [...demandRows(report), ...bundleRows(report)];
  return [
    `${verdict} ${formatTable([[view.subject]])}`,
    formatTable(factRows(report, view)),
    ...(lines.length === 0 ? [] : ["", paintedTable(lines, painter)]),
    ...(view.steps ? tellBundles(report, painter) : failedBundles(report, painter)),
  ].join("\n");
}

function factRows(report: VerificationReport, { source, steps }: VerificationView): string[][] {
  const { artifact, packId, revision, bundles, denylist, pause, failure } = report;
  const accepted = report.verified ? bundles.filter(({ outcome }) => outcome === "accepted") : [];
  return [
    ["digest", artifact.digest],
    ...(packId === undefined ? [] : [["pack", `${packId} revision ${revision ?? "?"}`]]),
    ...accepted.flatMap(evidenceRows),
    ...(report.verified || reachedBasis(report) ? [["trusted root", basisOf(report, source)]] : []),
    ...(steps ? [...listRow("denylist", denylist), ...listRow("pause", pause)] : []),
    ...(failure === undefined
      ? []
      : [
          ["failed at", failure.step],
          ["needed", failure.needed],
        ]),
  ];
}

function evidenceRows({ signer, rules, statement, times, logEntries }: BundleReport): string[][] {
  const names = namesIn(rules);
  const who = nameOfSigner(signer);
  return [
    ["signer", names === "" ? who : `${names} (${who})`],
    ...(signer?.issuer === undefined ? [] : [["issuer", signer.issuer]]),
    ...(statement === undefined ? [] : [["statement", statement.predicateType]]),
    ...logEntries.map(({ log, logIndex }) => ["log entry", `${logIndex} in ${log}`]),
    ...times.map(({ time, source, name }) => ["time", `${time} (${`${source} ${name}`.trim()})`]),
  ];
}

/** The names that the policy has for the signer; those of rules without one are places in the policy. */
function namesIn(rules: readonly string[]): string {
  const names = rules.map((rule) => /^[a-z]+(?:\[\d+\])?: (.*)$/su.exec(rule)?.[1]).filter((it) => it !== undefined);
  return [...new Set(names)].join(", ");
}

function demandRows({ rules, failure }: VerificationReport): string[][] {
  return rules.map((report) => [report.outcome, report.step, report.rule, sightOf(report, failure)]);
}

function bundleRows({ bundles, denylist, pause, failure }: VerificationReport): string[][] {
  const toRow = (bundle: BundleReport, what = bundle.kind ?? "bundle"): string[] => {
    const failed = bundle.steps.find(({ outcome }) => outcome === "failed");
    const who = namesIn(bundle.rules);
    const saw = failed === undefined ? (who === "" ? nameOfSigner(bundle.signer) : who) : sightOf(failed, failure);
    return [bundle.outcome, what, bundle.file ?? String(bundle.index), saw];
  };
  return [
    ...bundles.map((bundle) => toRow(bundle)),
    ...(denylist?.bundles ?? []).map((bundle) => toRow(bundle, "denylist")),
    ...(pause?.bundles ?? []).map((bundle) => toRow(bundle, "pause")),
  ];
}

function listRow(what: string, list: ListReport | undefined): string[][] {
  if (list?.version === undefined) return [];
  return [[what, `version ${list.version}, ${list.issuedAt ?? "?"} to ${list.expires ?? "?"}`]];
}

function tellBundles({ bundles, denylist, pause, failure }: VerificationReport, painter: Painter): readonly string[] {
  const groups = [
    ["bundle", bundles],
    ["denylist", denylist?.bundles ?? []],
    ["pause status", pause?.bundles ?? []],
  ] as const;
  return groups.flatMap(([what, members]) =>
    members.flatMap((bundle) => ["", formatBundle(bundle, what, failure, painter)]),
  );
}

/** How those bundles failed whose failure decided. */
function failedBundles(report: VerificationReport, painter: Painter): readonly string[] {
  const { failure } = report;
  if (failure === undefined) return [];
  return everyBundle(report)
    .filter((bundle) => isCause(bundle, failure))
    .flatMap((bundle) => [
      "",
      formatTable([[`steps of ${bundle.file ?? `bundle ${bundle.index}`}`]]),
      formatSteps(bundle, failure, painter),
    ]);
}

function isCause({ steps }: BundleReport, { message }: FailureReport): boolean {
  return steps.some(({ outcome, saw }) => outcome === "failed" && message.includes(saw));
}
