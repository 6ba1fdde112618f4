/** One of the things compared: run once per round, in turn with the others. */
export interface Contender {
  readonly name: string;
  /** Does the work once, or many times, and returns the figure of this round in the comparison's unit. */
  readonly run: () => number | Promise<number>;
}

export interface Spread {
  readonly name: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** A figure that is the same in each round, such as a size. */
export function constant(name: string, figure: number): Spread {
  return { name, median: figure, lowest: figure, highest: figure };
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Runs the contenders in turn, round after round, so that whatever slows the machine slows all of them alike.
 * One round before the first is not counted. The order turns by one each round.
 */
export async function interleave(contenders: readonly Contender[], rounds: number): Promise<readonly Spread[]> {
  const figures = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + round + contenders.length) % contenders.length;
      const figure = await contenders[index]?.run();
      if (round >= 0 && figure !== undefined) figures[index]?.push(figure);
    }
  }
  return contenders.map(({ name }, index) => {
    const values = figures[index] ?? [];
    return { name, median: medianOf(values), lowest: Math.min(...values), highest: Math.max(...values) };
  });
}

/** How many milliseconds the work takes. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

/** How many milliseconds the work takes, as the mean of so many times in a row: for work too short for the clock. */
export async function millisecondsEach(work: () => unknown, times: number): Promise<number> {
  const all = await milliseconds(async () => {
    for (let count = 0; count < times; count++) await work();
  });
  return all / times;
}

/** How often a second the work can be done, over at least `forMs` milliseconds; the clock is read once a batch. */
export function perSecond(work: () => unknown, forMs: number, batch = 64): number {
  const started = process.hrtime.bigint();
  const until = started + BigInt(forMs) * 1_000_000n;
  let count = 0;
  let now = started;
  while (now < until) {
    for (let index = 0; index < batch; index++) work();
    count += batch;
    now = process.hrtime.bigint();
  }
  return (count * 1e9) / Number(now - started);
}
