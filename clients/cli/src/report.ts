import { printable, printableJson } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** What a verb answers: the same facts once for programs and once for people. */
export interface Report {
  /** Printed as it is with --json. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Printed otherwise; ends without a new line. */
  readonly text: string;
  /** Everything was printed while it was found out. */
  readonly isPrinted?: true;
  /** 0 when left out. A failure is thrown; this is for an answer that is complete and not good, as doctor's. */
  readonly exitCode?: number;
}

/** Prints the report on stdout in the form that was asked for. */
export function printReport(terminal: Terminal, report: Report, asJson: boolean): void {
  if (report.isPrinted === true) return;
  terminal.stdout.write(`${asJson ? printableJson(report.json, 2) : report.text}\n`);
}

/** Rows as plain text, each column as wide as its longest cell; control characters are made visible. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => printable(cell).replace(/[\n\t]/g, " ")));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A byte count as people read it, exact below 1 KiB. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
