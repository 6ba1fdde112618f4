import type { AskedPolicy } from "../evaluation/policy.ts";
import type { Report } from "../report.ts";
import { formatTable } from "../report.ts";
import type { EntrypointBench } from "./entrypoint-bench.ts";
import type { Figure } from "./measure.ts";
import { OPA_MEASURES } from "./opa-bench.ts";
import type { OpaBench } from "./opa-bench.ts";

/** All figures of one pack and input. */
export interface BenchFacts {
  readonly policy: AskedPolicy;
  readonly inputBytes: number | undefined;
  readonly jobs: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly isVerified: boolean;
  readonly rows: readonly BenchRow[];
}

export interface BenchRow {
  readonly entrypoint: string;
  readonly ours: EntrypointBench;
  /** Undefined when OPA was not to be asked. */
  readonly opa: OpaBench | undefined;
}

export function benchReport(facts: BenchFacts): Report {
  return { json: jsonOf(facts), text: textOf(facts) };
}

function jsonOf({ policy: { pack, builtins }, rows, isVerified, ...run }: BenchFacts): Report["json"] {
  const { packId, revision, digest } = pack;
  const { inputBytes, jobs, rounds, seconds } = run;
  const entrypoints = Object.fromEntries(
    rows.map(({ entrypoint, ours, opa }) => [entrypoint, { ...ours, ...(opa === undefined ? {} : { opa }) }]),
  );
  const node = process.version;
  return {
    ...{ packId, revision, digest, verified: isVerified, builtins, node },
    ...{ inputBytes: inputBytes ?? null, jobs, rounds, seconds, entrypoints, opaMeasures: OPA_MEASURES },
  };
}

function textOf(facts: BenchFacts): string {
  const { policy, inputBytes, jobs, rounds, seconds, rows } = facts;
  const { packId, revision, digest } = policy.pack;
  const input = inputBytes === undefined ? "no input document" : `an input of ${inputBytes} bytes`;
  const head = ["entrypoint", "way", "decisions/s", "lowest", "highest", "against OPA"];
  const table = formatTable([head, ...rows.flatMap((row) => rateRows(row, jobs))]);
  return [
    `${packId} revision ${revision}, ${digest}`,
    `${input}; each rate the median of ${rounds} rounds, ${seconds} s in all, after one that is not counted`,
    "",
    table,
    "",
    formatTable([["entrypoint", "allocated for a decision", "first decision"], ...rows.map(otherRow)]),
    ...notesOf(rows),
  ].join("\n");
}

function rateRows({ entrypoint, ours, opa }: BenchRow, jobs: number): readonly (readonly string[])[] {
  const beside = opa !== undefined && "rate" in opa ? opa.rate : undefined;
  const row = (way: string, figure: Figure): readonly string[] => [
    ...[entrypoint, way, rate(figure.median), rate(figure.lowest), rate(figure.highest)],
    beside === undefined ? "" : `${(figure.median / beside.median).toFixed(1)} x`,
  ];
  return [
    row("an object in", ours.objectIn),
    row("JSON bytes in", ours.bytesIn),
    row(`pool of ${jobs}, bytes in`, ours.pool),
    ...(beside === undefined ? [] : [row("opa bench", beside)]),
  ];
}

function otherRow({ entrypoint, ours }: BenchRow): readonly string[] {
  const { median, lowest, highest } = ours.firstDecisionMs;
  const first = `${median.toFixed(2)} ms (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
  return [entrypoint, `${ours.allocatedBytes} B`, first];
}

function notesOf(rows: readonly BenchRow[]): readonly string[] {
  const opas = rows.flatMap(({ opa }) => (opa === undefined ? [] : [opa]));
  const notRun = new Set(opas.flatMap((opa) => ("notRun" in opa ? [`OPA was not measured: ${opa.notRun}.`] : [])));
  const undecided = rows.filter(({ ours }) => !ours.isDefined).map(({ entrypoint }) => entrypoint);
  const notes = [
    ...(opas.some((opa) => "rate" in opa) ? [OPA_MEASURES] : []),
    ...notRun,
    ...(undecided.length === 0 ? [] : [`Undefined for this input, which is slower to say: ${undecided.join(", ")}.`]),
  ];
  return notes.length === 0 ? [] : ["", ...notes];
}

function rate(perSecond: number): string {
  return perSecond >= 100 ? Math.round(perSecond).toLocaleString("en").replaceAll(",", " ") : perSecond.toFixed(1);
}
