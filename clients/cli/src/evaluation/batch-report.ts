import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import type { BatchCounts } from "./batch.ts";
import type { RecordSummary } from "./record.ts";
import { UNDECIDED_EXIT } from "./single.ts";

export interface BatchSummary {
  readonly counts: BatchCounts;
  readonly seconds: number;
  readonly records: RecordSummary | undefined;
  readonly json: boolean;
}

/** Tells on stderr what was decided, since stdout holds the answers; with --json as one line of JSON. */
export function batchReport(terminal: Terminal, summary: BatchSummary): Report {
  const facts = factsOf(summary);
  terminal.stderr.write(`${summary.json ? JSON.stringify(facts) : textOf(summary, facts)}\n`);
  const isComplete = Object.keys(summary.counts.errors).length === 0;
  return { json: facts, text: "", isPrinted: true, exitCode: isComplete ? 0 : UNDECIDED_EXIT };
}

function factsOf({ counts: { lines, decisions, errors }, seconds, records }: BatchSummary) {
  const asked = decisions + Object.values(errors).reduce((sum, count) => sum + count, 0);
  const perSecond = seconds > 0 ? Math.round(asked / seconds) : 0;
  return { lines, decisions, errors, seconds, perSecond, ...(records === undefined ? {} : { decisionLog: records }) };
}

function textOf({ records }: BatchSummary, facts: ReturnType<typeof factsOf>): string {
  const { lines, decisions, errors, seconds, perSecond } = facts;
  const failed = Object.entries(errors).map(([code, count]) => `${count} ${code}`);
  const undecided = failed.length === 0 ? "no errors" : `errors: ${failed.join(", ")}`;
  const text = `${lines} lines, ${decisions} decisions, ${undecided}; ${seconds.toFixed(2)} s, ${perSecond} decisions/s`;
  if (records === undefined) return text;
  const dropped = records.dropped === 0 ? "" : `, ${records.dropped} dropped by the pack's rule`;
  return `${text}\n${records.records} records${dropped}; the log ends in ${records.head ?? "nothing"}`;
}
