/** About a second's work: fragments that spread each other are compared pair by pair. */
const MAX_STEPS = 1_000_000;

export class Budget {
  #steps = 0;

  /** @throws RangeError when all steps together are too many */
  spend(steps = 1): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new RangeError(`checking the query takes more than ${MAX_STEPS} steps`);
  }
}
