import type { JsonObject } from "@policy-pack/pack";
import { displayPath } from "../locate.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { hasColours } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import type { Decided } from "./decide-pair.ts";
import type { JudgedBudget } from "./diff-budget.ts";
import type { ApprovedNote } from "./migration-notes.ts";
import type { PackPair } from "./pack-pair.ts";
import type { LoadedPack } from "./pack-source.ts";
import type { ReportFiles } from "./report-files.ts";

/** All that came of a diff. */
export interface DiffOutcome {
  readonly pair: PackPair;
  readonly decided: Decided;
  readonly judged: JudgedBudget | undefined;
  readonly files: ReportFiles;
  readonly attestation?: Report | undefined;
}

const DEFAULT_COLUMNS = 100;

/** The answer of `diff`; docs/contracts/decision-diff.schema.json is the schema of its JSON. */
export async function describeDiff(terminal: Terminal, outcome: DiffOutcome): Promise<Report> {
  const { diffText } = await import("@policy-pack/simulate");
  const { pair, decided, judged, files, attestation } = outcome;
  const { diff, logs, outcomes } = decided;
  const { stdout } = terminal;
  const look = { columns: stdout.columns ?? DEFAULT_COLUMNS, colours: hasColours(terminal, stdout) };
  const text = [
    diffText(diff, judged?.verdict, look).trimEnd(),
    formatTable(rowsOf(terminal, outcome)),
    attestation?.text ?? "",
  ];
  return {
    json: {
      diff,
      packs: { old: toPackJson(pair.old), new: toPackJson(pair.next) },
      outcomes: outcomes === undefined ? null : { ...outcomes },
      logs: logs.map(({ file, inputs, undecidable, torn }) => ({
        file,
        decisions: inputs.length,
        undecidable,
        torn: torn ?? null,
      })),
      budget: judged === undefined ? null : { ...judged.verdict, notes: judged.notes.map(toNoteJson) },
      files: { markdown: files.markdown ?? null, html: files.html ?? null },
      attestation: attestation?.json ?? null,
    },
    text: text.filter((part) => part !== "").join("\n\n"),
  };
}

function toPackJson({ from, kind, trust }: LoadedPack): JsonObject {
  return { from, kind, trust };
}

function toNoteJson({ file, approvedBy, note }: ApprovedNote): JsonObject {
  return { file, approvedBy, flips: note.flips.map(({ name, reason }) => ({ name, reason })) };
}

const TRUST: Readonly<Record<LoadedPack["trust"], string>> = {
  verified: "verified",
  source: "built from its source, not signed yet",
  unverified: "NOT VERIFIED",
};

function rowsOf(terminal: Terminal, { pair, judged, files }: DiffOutcome): readonly (readonly string[])[] {
  const packRow = (name: string, { from, trust }: LoadedPack): readonly string[] => [name, from, TRUST[trust]];
  const notes = judged?.notes ?? [];
  const written = [files.markdown, files.html].filter((path) => path !== undefined);
  return [
    packRow("old", pair.old),
    packRow("new", pair.next),
    ...notes.map(({ file, approvedBy }) => ["note", file, `approved by ${approvedBy.join(", ")}`]),
    ...written.map((path) => ["written", displayPath(terminal, path), ""]),
  ];
}
