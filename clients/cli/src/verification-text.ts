import type {
  BundleReport,
  FailureReport,
  ListReport,
  LogEntryReport,
  RuleReport,
  SignerReport,
  VerificationReport,
} from "@policy-pack/verify";
import { nameOfSigner } from "./explain-bundle.ts";
import { formatTable } from "./report.ts";
import { paint } from "./terminal.ts";
import type { OutputStream, Style, Terminal } from "./terminal.ts";

export interface VerificationNames {
  /** The file as it was named, or its digest. */
  readonly subject: string;
  /** Whose trusted root it was checked against. */
  readonly source: string;
  /** Where each bundle came from, by its index. */
  readonly bundles: readonly string[];
}

const STYLES: Readonly<Record<string, Style>> = {
  accepted: "green",
  met: "green",
  passed: "green",
  rejected: "red",
  unmet: "red",
  failed: "red",
};

/** The report as people read it: the same facts as its JSON, a line each. */
export function formatVerification(
  terminal: Terminal,
  stream: OutputStream,
  report: VerificationReport,
  names: VerificationNames,
): string {
  const painter = (word: string): string => paint(terminal, stream, STYLES[word] ?? "dim", word);
  const verdict = report.verified
    ? paint(terminal, stream, "green", "verified:")
    : paint(terminal, stream, "red", "rejected:");
  return [
    `${verdict} ${formatTable([[names.subject]])}`,
    formatTable([
      ["digest", report.artifact.digest],
      ...(report.packId === undefined ? [] : [["pack", `${report.packId} revision ${report.revision ?? "?"}`]]),
      ["trusted root", names.source],
      ...listRow("denylist", report.denylist),
      ...listRow("pause", report.pause),
      ...failureRows(report.failure),
    ]),
    ...(report.rules.length === 0 ? [] : ["", "demands", formatRules(report.rules, report.failure, painter)]),
    ...report.bundles.flatMap((bundle) => [
      "",
      formatBundle(bundle, names.bundles[bundle.index] ?? "", report.failure, painter),
    ]),
    ...formatList("denylist", report.denylist, report.failure, painter),
    ...formatList("pause status", report.pause, report.failure, painter),
  ].join("\n");
}

type Painter = (word: string) => string;

function failureRows(failure: FailureReport | undefined): string[][] {
  if (failure === undefined) return [];
  return [
    ["failed at", failure.step],
    ["because", `${failure.code}: ${failure.message}`],
    ["needed", failure.needed],
  ];
}

/** What was seen; of the failure that stands above, its code alone. */
function sightOf({ saw, code }: Pick<RuleReport, "saw" | "code">, failure: FailureReport | undefined): string {
  if (code === undefined) return saw;
  return saw === failure?.message ? code : `${code}: ${saw}`;
}

/** Colours would be counted as letters by the table, so the words are painted once it stands. */
function paintColumn(table: string, words: readonly string[], painter: Painter): string {
  return table
    .split("\n")
    .map((line, i) => {
      const word = words[i] ?? "";
      return line.replace(word, () => painter(word));
    })
    .join("\n");
}

function formatRules(rules: readonly RuleReport[], failure: FailureReport | undefined, painter: Painter): string {
  const rows = rules.map((report) => [
    `  ${report.outcome}`,
    report.step,
    report.rule,
    report.metBy.map(({ signer, bundle }) => `${signer} (bundle ${bundle})`).join(", "),
    sightOf(report, failure),
  ]);
  return paintColumn(
    formatTable(rows),
    rules.map(({ outcome }) => outcome),
    painter,
  );
}

function formatBundle(
  bundle: BundleReport,
  name: string,
  failure: FailureReport | undefined,
  painter: Painter,
): string {
  const { index, kind, outcome, steps } = bundle;
  const [head = ""] = formatTable([[`bundle ${index}`, name, kind ?? ""]]).split("\n");
  const table = formatTable(steps.map((report) => [`  ${report.outcome}`, report.step, sightOf(report, failure)]));
  const rows = factsOf(bundle);
  return [
    `${head.trimEnd()}: ${painter(outcome)}`,
    ...(rows.length === 0 ? [] : [formatTable(rows)]),
    paintColumn(
      table,
      steps.map((step) => step.outcome),
      painter,
    ),
  ].join("\n");
}

function factsOf({ signer, rules, trustedRoot, statement, times, logEntries }: BundleReport): string[][] {
  const facts = [
    ...signerFacts(signer),
    ...(rules.length === 0 ? [] : [["meets", rules.join(", ")]]),
    ...(trustedRoot === undefined ? [] : [["trusted root", trustedRoot]]),
    ...(statement === undefined ? [] : [["statement", statement.predicateType]]),
    ...(statement?.subjects ?? []).map(({ name, digest }) => ["subject", `${name ?? "-"} ${digest ?? "-"}`]),
    ...logEntries.flatMap(logFacts),
    ...times.map(({ time, source, name }) => ["time", `${time} (${source} ${name})`]),
  ];
  return facts.map(([label = "", value = ""]) => [`  ${label}`, value]);
}

function signerFacts(signer: SignerReport | undefined): string[][] {
  if (signer === undefined) return [];
  const { identityKind, issuer, certificate, github = {} } = signer;
  const kind = identityKind === undefined ? "" : ` (${identityKind})`;
  return [
    ["signer", `${nameOfSigner(signer)}${kind}`],
    ...(issuer === undefined ? [] : [["issuer", issuer]]),
    ...Object.entries(github).map(([name, value]) => [`github ${name}`, value]),
    ...(certificate === undefined
      ? []
      : [
          ["certificate", `${certificate.serial}, sha256 ${certificate.sha256}`],
          ["valid", `${certificate.notBefore} to ${certificate.notAfter}`],
        ]),
  ];
}

function logFacts({ log, logIndex, kind, checkpoint }: LogEntryReport): string[][] {
  const entry = ["log entry", `${logIndex} in ${log} (${kind})`];
  if (checkpoint === null) return [entry];
  const { origin, treeSize, rootHash } = checkpoint;
  return [entry, ["checkpoint", `${origin}, tree of ${treeSize}, root ${rootHash}`]];
}

function listRow(what: string, list: ListReport | undefined): string[][] {
  if (list?.version === undefined) return [];
  return [[what, `version ${list.version}, ${list.issuedAt ?? "?"} to ${list.expires ?? "?"}`]];
}

function formatList(
  what: string,
  list: ListReport | undefined,
  failure: FailureReport | undefined,
  painter: Painter,
): readonly string[] {
  return (list?.bundles ?? []).flatMap((bundle) => ["", formatBundle(bundle, what, failure, painter)]);
}
