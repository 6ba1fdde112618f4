import { cpus, release, totalmem } from "node:os";
import type { Spread } from "./measure.ts";

/** What a comparison says: the first contender is ours, the second what a user would use instead. */
export interface Comparison {
  readonly title: string;
  readonly unit: "ms" | "/s";
  readonly spreads: readonly Spread[];
  /** Where it was not measured: why, and how to get what is missing. */
  readonly notRun?: string;
}

/** How many times better ours is than the other: above 1 is better, whatever the unit. */
export function ratioOf({ unit, spreads: [ours, other] }: Comparison, against: Spread | undefined = other): number {
  if (ours === undefined || against === undefined) return Number.NaN;
  return unit === "ms" ? against.median / ours.median : ours.median / against.median;
}

export function machine(versions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [cpu] = cpus();
  return {
    cpu: `${cpus().length} x ${cpu?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}`,
    node: process.version,
    ...versions,
  };
}

const figure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3);

/** The comparisons as Markdown tables, as docs/benchmarks.md holds them. */
export function toMarkdown(comparisons: readonly Comparison[]): string {
  return comparisons
    .map((comparison) => {
      const head = `### ${comparison.title}\n\n`;
      if (comparison.notRun !== undefined) return `${head}Not run: ${comparison.notRun}\n`;
      const rows = comparison.spreads.map((spread, index) => {
        const ratio = index === 0 ? "" : `${ratioOf(comparison, spread).toFixed(2)} x`;
        return `| ${spread.name} | ${figure(spread.median)} | ${figure(spread.lowest)} to ${figure(spread.highest)} | ${ratio} |`;
      });
      const unit = comparison.unit === "ms" ? "ms" : "a second";
      return `${head}| | median, ${unit} | spread | ours is better by |\n| --- | ---: | ---: | ---: |\n${rows.join("\n")}\n`;
    })
    .join("\n");
}
