/** A seeded source of choices; the seed stands in the title of the tests that use it. */
export interface Random {
  readonly seed: number;
  /** From 0 up to, but not including, `limit`. */
  int(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

const USUAL_SEED = 20_261_120;

/** The same in every run, so that a red run is about the change; PARITY_SEED looks elsewhere. */
export function createRandom(seed = Number(process.env["PARITY_SEED"] ?? USUAL_SEED)): Random {
  let state = seed >>> 0;
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (limit: number): number => Math.floor(next() * limit);
  return {
    seed,
    int,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => items[int(items.length)] as T,
  };
}

/** Up to so many of them. */
export function some<T>(random: Random, most: number, make: (random: Random) => T): T[] {
  return Array.from({ length: random.int(most + 1) }, () => make(random));
}

/** A text of up to so many of the parts. */
export function joined(random: Random, most: number, parts: readonly string[]): string {
  return some(random, most, () => random.pick(parts)).join("");
}
