import type { HeapProfiler } from "node:inspector";

/** A figure of several rounds. */
export interface Figure {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Measures once, for about so many milliseconds, and returns the figure of that round. */
export type Round = (forMs: number) => number | Promise<number>;

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, lowest: sorted[0] ?? Number.NaN, highest: sorted.at(-1) ?? Number.NaN };
}

/**
 * Runs all in turn, round after round, so that what slows the machine slows them alike; one round before the first warms
 * up and is not counted. The order turns by one each round.
 * @param tick told before each turn how many are done, of how many
 */
export async function interleave(
  contenders: readonly Round[],
  plan: { readonly rounds: number; readonly turnMs: number; readonly tick: (done: number, total: number) => void },
): Promise<readonly Figure[]> {
  const values = contenders.map((): number[] => []);
  const total = contenders.length * (plan.rounds + 1);
  for (let turn = 0; turn < total; turn += 1) {
    const round = Math.floor(turn / contenders.length);
    const index = (turn + round) % contenders.length;
    plan.tick(turn, total);
    const value = await contenders[index]?.(plan.turnMs);
    if (round > 0 && value !== undefined) values[index]?.push(value);
  }
  return values.map(figureOf);
}

const BATCH = 16;

/** How often a second the work is done; the clock is read once a batch. */
export function perSecond(work: () => unknown, forMs: number): number {
  const started = performance.now();
  let [count, now] = [0, started];
  while (now - started < forMs) {
    for (let index = 0; index < BATCH; index += 1) work();
    count += BATCH;
    now = performance.now();
  }
  return (count * 1000) / (now - started);
}

/** As `perSecond`, of work that does many at once. @returns how many were done in a second */
export async function manyPerSecond(work: () => Promise<number>, forMs: number): Promise<number> {
  const started = performance.now();
  let [count, now] = [0, started];
  while (now - started < forMs) {
    count += await work();
    now = performance.now();
  }
  return (count * 1000) / (now - started);
}

const SAMPLING_BYTES = 4096;

/** Bytes on JavaScript's heap that one call allocates, what is long gone included: by the engine's sampling profiler. */
export async function bytesEach(work: () => unknown, times: number): Promise<number> {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  try {
    await session.post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLING_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    for (let count = 0; count < times; count += 1) work();
    const { profile } = await session.post("HeapProfiler.stopSampling");
    return sizeOf(profile.head) / times;
  } finally {
    session.disconnect();
  }
}

/** The tree is as deep as the stack was. */
function sizeOf({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number {
  return children.reduce((size, child) => size + sizeOf(child), selfSize);
}
