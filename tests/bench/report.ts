import { cpus, release, totalmem } from "node:os";
import type { Spread } from "./measure.ts";

export type Unit = "ms" | "MB" | "B" | "/s";

const UNIT_NAMES: Readonly<Record<Unit, string>> = { ms: "median, ms", MB: "MB", B: "bytes", "/s": "median, a second" };

/** What a comparison says: the first contender is ours, the second what a user would use instead. */
export interface Comparison {
  readonly title: string;
  readonly unit: Unit;
  readonly spreads: readonly Spread[];
  /** How many times better than the second the first must be; without one the figure is a record only. */
  readonly goal?: number;
  /** Why a contender was left out, and how to get what is missing. */
  readonly notRun?: readonly string[];
}

/** How many times better ours is than the other: above 1 is better, whatever the unit. */
export function ratioOf({ unit, spreads: [ours, other] }: Comparison, against: Spread | undefined = other): number {
  if (ours === undefined || against === undefined) return Number.NaN;
  return unit === "/s" ? ours.median / against.median : against.median / ours.median;
}

/** What the figures came from. */
export interface Surroundings {
  readonly about: Readonly<Record<string, string>>;
  /** What is not on this machine and so was left out or replaced, and how to get it. */
  readonly absent: readonly string[];
}

export function machine(versions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [cpu] = cpus();
  return {
    cpu: `${cpus().length} x ${cpu?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${/^[\d.]*/.exec(release())?.[0] ?? ""}`,
    node: process.version,
    ...versions,
  };
}

const figure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);

const times = (ratio: number): string => (ratio < 0.1 ? ratio.toPrecision(1) : ratio.toFixed(2));

const goalText = (goal: number): string => (Number.isInteger(goal) ? String(goal) : goal.toFixed(2));

/** Whether the goal is met; undefined where there is none, or where what it is about was not run. */
export function meetsGoal(comparison: Comparison): boolean | undefined {
  const { goal, notRun } = comparison;
  return goal === undefined || notRun !== undefined ? undefined : ratioOf(comparison) >= goal;
}

/** The comparisons as Markdown tables, as docs/benchmarks.md holds them. */
export function toMarkdown(comparisons: readonly Comparison[]): string {
  return comparisons
    .map((comparison) => [`### ${comparison.title}`, ...toTable(comparison), ...toNotes(comparison)].join("\n\n"))
    .join("\n\n");
}

function toTable(comparison: Comparison): readonly string[] {
  const { spreads, unit } = comparison;
  if (spreads.length === 0) return [];
  const rows = spreads.map((spread, index) => {
    const ratio = index === 0 ? "" : `${times(ratioOf(comparison, spread))} x`;
    const { name, median, lowest, highest } = spread;
    return `| ${name} | ${figure(median)} | ${figure(lowest)} to ${figure(highest)} | ${ratio} |`;
  });
  const head = `| | ${UNIT_NAMES[unit]} | spread | ours is better by |`;
  return [[head, "| --- | ---: | ---: | ---: |", ...rows].join("\n")];
}

function toNotes(comparison: Comparison): readonly string[] {
  const { goal, notRun } = comparison;
  const met = meetsGoal(comparison);
  return [
    ...(met === undefined ? [] : [`Goal: at least ${goalText(goal ?? 0)} x, ${met ? "met" : "NOT met"}.`]),
    ...(notRun === undefined ? [] : [`Not run: ${notRun.join("; ")}.`]),
  ];
}

/** The comparisons as data, each figure with its ratio. */
export function toJson(comparisons: readonly Comparison[], { about, absent }: Surroundings): string {
  const document = {
    machine: about,
    comparisons: comparisons.map((comparison) => ({
      ...comparison,
      spreads: comparison.spreads.map((spread) => ({ ...spread, ratio: ratioOf(comparison, spread) })),
      goalMet: meetsGoal(comparison) ?? null,
    })),
    absent,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
