/**
 * Sorts, drops what an earlier one covers, and asks by binary search, as the checks of Go's constraints do: constraints
 * that a certificate writes in an unusual way are then found, or not found, as there.
 */
export class ConstraintSet<C, V> {
  readonly #constraints: C[] = [];
  readonly #compare: (constraint: C, value: V) => number;
  readonly #covers: (constraint: C, value: V) => boolean;

  constructor(
    constraints: readonly C[],
    order: {
      sort: (left: C, right: C) => number;
      compare: (constraint: C, value: V) => number;
      covers: (constraint: C, value: V) => boolean;
      includes: (constraint: C, other: C) => boolean;
    },
  ) {
    this.#compare = order.compare;
    this.#covers = order.covers;
    for (const constraint of constraints.toSorted(order.sort)) {
      const last = this.#constraints.at(-1);
      if (last === undefined || !order.includes(last, constraint)) this.#constraints.push(constraint);
    }
  }

  get constraints(): readonly C[] {
    return this.#constraints;
  }

  covers(value: V): boolean {
    let [low, high] = [0, this.#constraints.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const candidate = this.#constraints[middle];
      if (candidate !== undefined && this.#compare(candidate, value) < 0) low = middle + 1;
      else high = middle;
    }
    const [exact, before] = [this.#constraints[low], this.#constraints[Math.max(0, low - 1)]];
    if (exact !== undefined && this.#compare(exact, value) === 0) return true;
    return before !== undefined && this.#covers(before, value);
  }
}
