import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** A second's work. A patch of 1 MB that doubles its document at each of its operations asks for 2^20000 of it. */
const MAX_STEPS = 20_000_000;
/** What a result may hold, counting what stands at two places twice: it is written out in full. */
const MAX_NODES = 4_000_000;

/** Holds the work of one patch to what its answer is worth. */
export class Budget {
  readonly #weights = new WeakMap<object, number>();
  #steps = 0;

  /** @throws RangeError when all of the patch's steps together are too many */
  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new RangeError(`the patch takes more than ${MAX_STEPS} steps`);
  }

  /** @throws RangeError when the value is larger than what a decision may hold */
  weigh(value: RegoValue): number {
    if (value === null || typeof value !== "object") return 1;
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    for (const item of partsOf(value)) weight += this.weigh(item);
    if (weight > MAX_NODES) throw new RangeError(`the patched document has more than ${MAX_NODES} values`);
    this.#weights.set(value, weight);
    return weight;
  }
}

function partsOf(value: object & RegoValue): readonly RegoValue[] {
  if (value instanceof RegoObject) return value.entries.flat();
  if (value instanceof RegoSet) return value.members;
  return isRegoArray(value) ? value : [];
}
