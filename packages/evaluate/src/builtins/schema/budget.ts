/** About a second's work: schemas that call themselves twice at each level ask for 2^n of it. */
const MAX_STEPS = 6_000_000;

/** Holds the work that one schema or one document asks for to what an answer is worth. */
export class Budget {
  #steps = 0;

  /** @throws RangeError when all steps together are too many */
  spend(steps = 1): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new RangeError(`validating takes more than ${MAX_STEPS} steps`);
  }
}
