/** Choices that depend on a seed and the number of an input alone, so that any one input can be made again. */
export interface Random {
  /** From 0 up to, but not including, the limit. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  /** True once in so many times. */
  readonly oneIn: (count: number) => boolean;
}

/** mulberry32, begun at a place of its own for each input. */
export function createRandom(seed: number, input: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(input + 1, 0xc2b2ae35);
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(items.length)];
    if (item === undefined && items.length === 0) throw new RangeError("nothing to pick from");
    return item as T;
  };
  return { below, pick, oneIn: (count) => below(count) === 0 };
}
