/** A seeded source of choices; the seed stands in the title of the tests that use it. */
export interface Random {
  readonly seed: number;
  /** From 0 up to, but not including, `limit`. */
  int(limit: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

const USUAL_SEED = 20_261_120;

/** The same in every run, so that a red run is about the change; VERIFY_SEED looks elsewhere. */
export function createRandom(seed = Number(process.env["VERIFY_SEED"] ?? USUAL_SEED)): Random {
  let state = seed >>> 0;
  const int = (limit: number): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
  return { seed, int, pick: (items) => items[int(items.length)] ?? items[0] };
}
