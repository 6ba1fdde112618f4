import { medianOf } from "../bench/measure.ts";

/** Resident memory along the way. */
export interface Sample {
  readonly done: number;
  readonly bytes: number;
}

export interface Soak {
  readonly name: string;
  /** How often the work is done, and how often memory is looked at meanwhile. */
  readonly times: number;
  readonly samples: number;
  /** By how much resident memory may have grown once warm. */
  readonly maxGrowthBytes: number;
  readonly work: (count: number) => void;
  /** Resident memory in bytes; the process's own unless given. */
  readonly measure?: () => number;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  readonly growthBytes: number;
  readonly isFlat: boolean;
}

/** The first quarter warms up: what is compiled, cached and allocated then stays. */
const WARM = 0.25;

/** From the median of the quarter after the warm-up to that of the last quarter. */
export function growthOf(samples: readonly Sample[]): number {
  const quarter = Math.max(1, Math.floor(samples.length * WARM));
  const bytes = samples.map((sample) => sample.bytes);
  return medianOf(bytes.slice(-quarter)) - medianOf(bytes.slice(quarter, 2 * quarter));
}

/** Does the work over and over, and looks at the memory of the process after a collection of garbage where there is one. */
export function runSoak(soak: Soak, say: (line: string) => void): SoakResult {
  const { name, times, samples, maxGrowthBytes, work, measure = () => process.memoryUsage.rss() } = soak;
  const taken: Sample[] = [];
  let done = 0;
  for (let sample = 1; sample <= samples; sample++) {
    for (const until = Math.round((times * sample) / samples); done < until; done++) work(done);
    globalThis.gc?.();
    const bytes = measure();
    taken.push({ done, bytes });
    say(`${name}: ${done.toLocaleString("en-US")} done, ${megabytes(bytes)} resident`);
  }
  const growthBytes = growthOf(taken);
  const isFlat = growthBytes <= maxGrowthBytes;
  const verdict = isFlat ? "flat" : "GROWS";
  say(`${name}: ${verdict}, by ${megabytes(growthBytes)} once warm; ${megabytes(maxGrowthBytes)} are allowed`);
  return { samples: taken, growthBytes, isFlat };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
