import type { BundleReport, FailureReport, LogEntryReport, RuleReport, SignerReport } from "@policy-pack/verify";
import { nameOfSigner } from "./explain-bundle.ts";
import { formatTable } from "./report.ts";

/** Paints a word such as "accepted" or "failed". */
export type Painter = (word: string) => string;

/** What was seen; of the failure that is told already, its code alone. */
export function sightOf({ saw, code }: Pick<RuleReport, "saw" | "code">, failure: FailureReport | undefined): string {
  if (code === undefined) return saw;
  return saw === failure?.message ? code : `${code}: ${saw}`;
}

/** Rows whose first cell is a word to paint. Colours would be counted as letters, so it is painted once the table stands. */
export function paintedTable(rows: readonly (readonly string[])[], painter: Painter): string {
  return formatTable(rows)
    .split("\n")
    .map((line, i) => {
      const word = (rows[i]?.[0] ?? "").trim();
      return line.replace(word, () => painter(word));
    })
    .join("\n");
}

/** The steps of a bundle, as far as it got. */
export function formatSteps({ steps }: BundleReport, failure: FailureReport | undefined, painter: Painter): string {
  const reached = steps.filter(({ outcome }) => outcome !== "skipped");
  return paintedTable(
    reached.map((report) => [`  ${report.outcome}`, report.step, sightOf(report, failure)]),
    painter,
  );
}

/** Everything that the report says of a bundle. */
export function formatBundle(
  bundle: BundleReport,
  what: string,
  failure: FailureReport | undefined,
  painter: Painter,
): string {
  const [head = ""] = formatTable([[`${what} ${bundle.index}`, bundle.file ?? "", bundle.kind ?? ""]]).split("\n");
  const rows = factsOf(bundle);
  return [
    `${head.trimEnd()}: ${painter(bundle.outcome)}`,
    ...(rows.length === 0 ? [] : [formatTable(rows)]),
    formatSteps(bundle, failure, painter),
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
