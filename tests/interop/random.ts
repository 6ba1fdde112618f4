/** A seeded source of choices (mulberry32): the same seed gives the same table, so a failure can be run again. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
}

const USUAL_SEED = 20_261_120;

/** The same in every run, so that a red run is about the change; `SEED=123 npm run jest -- tests/interop` looks elsewhere. */
export function chooseSeed(): number {
  return Number(process.env["SEED"] ?? USUAL_SEED);
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const index = below(from.length);
      const found = from[index];
      if (found === undefined && !(index in from)) throw new RangeError("nothing to pick from");
      return found as (typeof from)[number];
    },
  };
}
