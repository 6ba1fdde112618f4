import { compareValues } from "../values/values.ts";
import { readInteger } from "./fast-arithmetic.ts";
import type { MemoryView } from "./memory.ts";
import type { ValueCodec } from "./value-codec.ts";
import { LAYOUT } from "./value-layout.ts";

/** Objects with more keys are compared as values. */
const MAX_KEYS = 8;

/** OPA's order of values by their addresses: strings, integers and small objects where they stand, others as values. */
export class MemberOrder {
  readonly #memory: MemoryView;
  readonly #codec: ValueCodec;

  constructor(memory: MemoryView, codec: ValueCodec) {
    this.#memory = memory;
    this.#codec = codec;
  }

  compare(left: number, right: number): number {
    if (this.#isString(left) && this.#isString(right)) return this.#compareStrings(left, right);
    const integers = readInteger(this.#memory, left) - readInteger(this.#memory, right);
    if (!Number.isNaN(integers)) return integers;
    return this.#compareObjects(left, right) ?? compareValues(this.#codec.read(left), this.#codec.read(right));
  }

  /** Key by key, each with its value; undefined for what is no small object with strings as keys. */
  #compareObjects(left: number, right: number): number | undefined {
    const [one, other] = [this.#elements(left), this.#elements(right)];
    if (one === undefined || other === undefined) return undefined;
    const length = Math.min(one.length, other.length);
    for (let index = 0; index < length; index++) {
      const [first, second] = [one[index] ?? 0, other[index] ?? 0];
      const byKey = this.#compareStrings(this.#wordAt(first), this.#wordAt(second));
      if (byKey !== 0) return byKey;
      const valueAt = LAYOUT.objectElement.value;
      const byValue = this.compare(this.#wordAt(first + valueAt), this.#wordAt(second + valueAt));
      if (byValue !== 0) return byValue;
    }
    return one.length - other.length;
  }

  /** In the order of their keys. */
  #elements(object: number): number[] | undefined {
    if (this.#memory.bytes[object] !== LAYOUT.type.object) return undefined;
    const length = this.#wordAt(object + LAYOUT.table.length);
    if (length > MAX_KEYS) return undefined;
    const [buckets, count] = [
      this.#wordAt(object + LAYOUT.table.buckets),
      this.#wordAt(object + LAYOUT.table.bucketCount),
    ];
    const elements: number[] = [];
    for (let bucket = 0; bucket < count && elements.length < length; bucket++) {
      let element = this.#wordAt(buckets + bucket * 4);
      while (element !== 0 && elements.length < length) {
        if (!this.#isString(this.#wordAt(element))) return undefined;
        this.#insert(elements, element);
        element = this.#wordAt(element + LAYOUT.objectElement.next);
      }
    }
    return elements;
  }

  #insert(elements: number[], element: number): void {
    let at = elements.length;
    const key = this.#wordAt(element);
    while (at > 0 && this.#compareStrings(this.#wordAt(elements[at - 1] ?? 0), key) > 0) {
      elements[at] = elements[at - 1] ?? 0;
      at--;
    }
    elements[at] = element;
  }

  #isString(address: number): boolean {
    const type = this.#memory.bytes[address];
    return type === LAYOUT.type.string || type === LAYOUT.type.internedString;
  }

  /** By the bytes of their UTF-8, as Go compares strings: they are short, and mostly differ soon. */
  #compareStrings(left: number, right: number): number {
    const { bytes } = this.#memory;
    const [leftStart, rightStart] = [
      this.#wordAt(left + LAYOUT.string.start),
      this.#wordAt(right + LAYOUT.string.start),
    ];
    const leftLength = this.#wordAt(left + LAYOUT.string.length);
    const rightLength = this.#wordAt(right + LAYOUT.string.length);
    const length = Math.min(leftLength, rightLength);
    for (let index = 0; index < length; index++) {
      const order = (bytes[leftStart + index] ?? 0) - (bytes[rightStart + index] ?? 0);
      if (order !== 0) return order;
    }
    return leftLength - rightLength;
  }

  #wordAt(address: number): number {
    return this.#memory.data.getUint32(address, true);
  }
}
