import { fillArguments, resolveMetric } from "./arguments.ts";
import { measureJob } from "./job-provider.ts";
import type { AnalysisTemplate, Argument, Measurement, Metric, Objects, Phase } from "./types.ts";
import { measureWeb } from "./web-provider.ts";

/** What the controller retries an Error after when the metric names no interval. */
const ERROR_RETRY = "10s";
const DEFAULT_CONSECUTIVE_ERRORS = 4;
const WORST: readonly Phase[] = ["Successful", "Inconclusive", "Error", "Failed"];

export interface AnalysisOptions {
  readonly args: readonly Argument[];
  readonly objects: Objects;
  /** Called instead of waiting, with the interval as written. */
  readonly wait?: (interval: string) => Promise<void> | void;
}

export interface AnalysisRun {
  readonly phase: Phase;
  readonly message?: string;
  readonly metrics: Readonly<Record<string, { phase: Phase; measurements: readonly Measurement[] }>>;
}

interface Tally {
  readonly metric: Metric;
  readonly measurements: Measurement[];
  phase?: Phase;
}

/** An AnalysisRun over the templates' metrics, judged by Argo's counting; the worst metric is the run's phase. */
export async function runAnalysis(
  templates: readonly AnalysisTemplate[],
  { args, objects, wait = () => undefined }: AnalysisOptions,
): Promise<AnalysisRun> {
  let tallies: Tally[];
  try {
    tallies = templates.flatMap(({ spec }) => {
      const filled = fillArguments(spec.args, args, objects);
      return spec.metrics.map((metric) => ({ metric: resolveMetric(metric, filled), measurements: [] }));
    });
  } catch (error) {
    const message = `unable to resolve metric arguments: ${error instanceof Error ? error.message : String(error)}`;
    return { phase: "Error", message, metrics: {} };
  }
  if (new Set(tallies.map(({ metric }) => metric.name)).size !== tallies.length) {
    return { phase: "Error", message: "two metrics have one name", metrics: {} };
  }
  await measureAll(tallies, objects, wait);
  return summarize(tallies);
}

/** Round by round, until all are done; once one has gone wrong, the others are stopped as they stand. */
async function measureAll(
  tallies: readonly Tally[],
  objects: Objects,
  wait: NonNullable<AnalysisOptions["wait"]>,
): Promise<void> {
  for (;;) {
    const running = tallies.filter(({ phase }) => phase === undefined);
    await Promise.all(
      running.map(async (tally) => {
        tally.measurements.push(await measure(tally.metric, objects));
      }),
    );
    const terminating = tallies.some((tally) => !["Successful", undefined].includes(assess(tally)));
    for (const tally of running) {
      const phase = assess(tally) ?? (terminating ? "Successful" : undefined);
      if (phase !== undefined) tally.phase = phase;
    }
    const [next] = tallies.filter(({ phase }) => phase === undefined);
    if (next === undefined) return;
    await wait(next.metric.interval ?? ERROR_RETRY);
  }
}

async function measure(metric: Metric, objects: Objects): Promise<Measurement> {
  const { web, job } = metric.provider;
  if (web !== undefined && job === undefined) return measureWeb(metric, web);
  if (job !== undefined && web === undefined) return measureJob(job, objects);
  throw new Error(`${metric.name} needs one provider that the player knows`);
}

/** undefined while the metric needs more measurements. */
function assess({ metric, measurements }: Tally): Phase | undefined {
  const of = (phase: Phase): number => measurements.filter((measurement) => measurement.phase === phase).length;
  if (of("Failed") > (metric.failureLimit ?? 0)) return "Failed";
  if (of("Inconclusive") > (metric.inconclusiveLimit ?? 0)) return "Inconclusive";
  const good = measurements.findLastIndex(({ phase }) => phase !== "Error");
  const consecutiveErrors = measurements.length - 1 - good;
  if (consecutiveErrors > (metric.consecutiveErrorLimit ?? DEFAULT_CONSECUTIVE_ERRORS)) return "Error";
  const count = metric.count ?? (metric.interval === undefined ? 1 : Infinity);
  return measurements.length - of("Error") >= count ? "Successful" : undefined;
}

function summarize(tallies: readonly Tally[]): AnalysisRun {
  const metrics = tallies.map(({ metric, phase = "Error", measurements }) => ({
    name: metric.name,
    phase,
    measurements,
  }));
  const phases = metrics.map(({ phase }) => WORST.indexOf(phase));
  const entries = metrics.map(({ name, phase, measurements }) => [name, { phase, measurements }] as const);
  return { phase: WORST[Math.max(...phases)] ?? "Error", metrics: Object.fromEntries(entries) };
}
