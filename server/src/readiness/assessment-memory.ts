import { digestOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

const MAX_ENTRIES = 512;
/** Gates and people ask again within seconds; what depends on the moment is looked at anew after this. */
const MAX_AGE_MS = 10_000;

/**
 * Remembers for some seconds what was found out about the same things: proving what one release brings can take a second
 * of signature checks, during which nobody else is answered.
 */
export class AssessmentMemory<Value> {
  readonly #known = new Map<Digest, { readonly at: number; readonly value: Value }>();

  /** @param about everything that the finding rests on, besides what never changes */
  recall(about: readonly string[], now: Date, find: () => Value): Value {
    const key = digestOf(Buffer.from(JSON.stringify(about)));
    const known = this.#known.get(key);
    // Also of a clock that was set back.
    if (known !== undefined && Math.abs(now.getTime() - known.at) < MAX_AGE_MS) return known.value;
    const value = find();
    this.#known.delete(key);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < MAX_ENTRIES) break;
      this.#known.delete(oldest);
    }
    this.#known.set(key, { at: now.getTime(), value });
    return value;
  }
}
