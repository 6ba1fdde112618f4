import { createHash } from "node:crypto";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Draws of one input. Whole-number arithmetic only, so that every machine draws the same. */
export class Dice {
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>;

  /** The same words give the same draws; they are hashed, so that neighbours have nothing in common. */
  constructor(...words: readonly (string | number)[]) {
    const hash = createHash("sha256").update(JSON.stringify(words)).digest();
    this.#generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => hash.readInt32LE(offset)));
  }

  /** A whole number from 0 up to, not including, `count`, which is at least 1. */
  below(count: number): number {
    return uniformInt(this.#generator, 0, count - 1);
  }

  /** A whole number from one to the other, both included. */
  between(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** True in so many of a hundred draws. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of a list; undefined of an empty one. */
  pick<Item>(list: readonly Item[]): Item | undefined {
    return list.length === 0 ? undefined : list[this.below(list.length)];
  }

  /** The list in another order (Fisher and Yates). */
  shuffle<Item>(list: readonly Item[]): Item[] {
    const shuffled = [...list];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const [left, right] = [shuffled[last], shuffled[other]];
      if (left === undefined || right === undefined) continue;
      [shuffled[last], shuffled[other]] = [right, left];
    }
    return shuffled;
  }
}
