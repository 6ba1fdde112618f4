import { isPlain } from "./plain-object.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import type { ValueHeap } from "./value-heap.ts";

export interface BuilderRules {
  /** As JSON. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** Leave texts with U+0000 to the text path, which refuses them. */
  readonly refuseNul: boolean;
}

/** What JSON may need for one UTF-16 unit: `\u0001`. */
const MAX_UNIT_BYTES = 6;
const MAX_NUMBER_BYTES = 25;

/**
 * Builds an input document from a JavaScript value, without JSON between. Whatever is not plainly JSON or close to a
 * limit is NOT_TAKEN: the text path then reads it again, and either takes it or says what is wrong with it.
 */
export class ValueBuilder {
  readonly #heap: ValueHeap;
  readonly #rules: BuilderRules;
  /** What is left of the bytes that the document may have. */
  #left = 0;

  constructor(heap: ValueHeap, rules: BuilderRules) {
    this.#heap = heap;
    this.#rules = rules;
  }

  /** The address of the value, or NOT_TAKEN: also when a getter of the input throws. */
  build(value: unknown): number {
    this.#left = this.#rules.maxBytes;
    try {
      const address = this.#value(value, 0);
      return this.#left < 0 ? NOT_TAKEN : address;
    } catch (thrown) {
      if (this.#heap.failed) throw thrown;
      return NOT_TAKEN;
    }
  }

  #value(value: unknown, depth: number): number {
    const heap = this.#heap;
    switch (typeof value) {
      case "string":
        return this.#fits(value) ? heap.string(value) : NOT_TAKEN;
      case "number":
        return this.#number(value);
      case "boolean":
        this.#left -= 5;
        return value ? heap.true : heap.false;
      case "object":
        if (value !== null) return this.#composite(value, depth + 1);
        this.#left -= 4;
        return heap.null;
      case "bigint":
      case "function":
      case "symbol":
      case "undefined":
        return NOT_TAKEN;
    }
  }

  #fits(text: string): boolean {
    this.#left -= text.length * MAX_UNIT_BYTES + 4;
    return this.#left >= 0 && !(this.#rules.refuseNul && text.includes("\0"));
  }

  #number(value: number): number {
    this.#left -= MAX_NUMBER_BYTES;
    if (value === (value | 0)) return this.#heap.integer(value);
    return Number.isFinite(value) ? this.#heap.number(String(value)) : NOT_TAKEN;
  }

  #composite(value: object, depth: number): number {
    this.#left -= 2;
    if (depth > this.#rules.maxDepth || this.#left < 0) return NOT_TAKEN;
    if (Array.isArray(value)) return this.#array(value, depth);
    return isPlain(value) ? this.#object(value as Readonly<Record<string, unknown>>, depth) : NOT_TAKEN;
  }

  #array(items: readonly unknown[], depth: number): number {
    const base = this.#heap.open();
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.#left--;
      const address = this.#value(items[index], depth);
      if (address === NOT_TAKEN || this.#left < 0) return NOT_TAKEN;
      this.#heap.push(address);
    }
    return this.#heap.closeArray(base);
  }

  #object(record: Readonly<Record<string, unknown>>, depth: number): number {
    const heap = this.#heap;
    const base = heap.open();
    for (const key in record) {
      if (!Object.prototype.hasOwnProperty.call(record, key)) continue;
      const item = record[key];
      if (item === undefined) continue;
      if (!this.#fits(key)) return NOT_TAKEN;
      heap.pushKey(key);
      const address = this.#value(item, depth);
      if (address === NOT_TAKEN) return NOT_TAKEN;
      heap.push(address);
    }
    return heap.closeObject(base);
  }
}
