import { isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { quoteString } from "../strings/go-quote.ts";

/**
 * What a template computes with, in Go's types: a bigint is an int, a number a float64. Undefined is no value at all, such
 * as a key that a map lacks; null is a nil that stands in a map or a list. They differ where a field of them is asked.
 */
export type GoValue = undefined | null | boolean | bigint | number | string | GoByte | GoJsonNumber | GoSlice | GoMap;

/** A uint8: what indexing a string gives. */
export class GoByte {
  readonly value: bigint;

  constructor(value: number) {
    this.value = BigInt(value);
  }
}

/** A json.Number: every number of the data. To Go it is a kind of string. */
export class GoJsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A window on a list, which may be widened again up to its capacity. */
export class GoSlice {
  readonly #items: readonly GoValue[];
  readonly #start: number;
  readonly length: number;
  /** Undefined where it depends on how Go's allocator rounds. */
  readonly capacity: number | undefined;

  constructor(items: readonly GoValue[], start = 0, length = items.length, capacity = capacityOf(items.length)) {
    this.#items = items;
    this.#start = start;
    this.length = length;
    this.capacity = capacity;
  }

  /** What lies between the length and the capacity was never set. */
  at(index: number): GoValue {
    return this.#items[this.#start + index] ?? null;
  }

  values(): GoValue[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  slice(from: number, to: number, end: number | undefined): GoSlice {
    const capacity = end ?? this.capacity;
    return new GoSlice(
      this.#items,
      this.#start + from,
      to - from,
      capacity === undefined ? undefined : capacity - from,
    );
  }
}

/** Go's append doubles a list up to 512 elements; beyond, its growth follows the allocator's sizes. */
function capacityOf(length: number): number | undefined {
  if (length > 512) return undefined;
  return length === 0 ? 0 : 2 ** Math.ceil(Math.log2(length));
}

/** A map[string]interface {}, in the order of its keys, which is the order that Go walks and prints it in. */
export class GoMap {
  readonly entries: ReadonlyMap<string, GoValue>;

  constructor(entries: ReadonlyMap<string, GoValue>) {
    this.entries = entries;
  }
}

/** Go's JSON decoder takes no deeper nesting, and recursion here has to end somewhere. */
const MAX_DEPTH = 1000;

/**
 * The variables of a template: OPA prints them as Rego and reads that as JSON, so that sets, keys that are no strings and
 * strings that Go quotes otherwise than JSON have no way through.
 *
 * @throws BuiltinError for a value that has none
 */
export function toGoValue(value: RegoValue, depth = 0): GoValue {
  if (depth > MAX_DEPTH) throw new RangeError(`the variables of a template nest deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return new GoJsonNumber(value.toString());
  if (value instanceof RegoDecimal) return new GoJsonNumber(value.text);
  if (typeof value === "string") return checkText(value);
  if (isRegoArray(value)) return new GoSlice(value.map((item) => toGoValue(item, depth + 1)));
  if (!(value instanceof RegoObject)) throw new BuiltinError("invalid character in literal: a set is no JSON");
  const entries = new Map<string, GoValue>();
  for (const [key, item] of value.entries) {
    if (typeof key !== "string") throw new BuiltinError("invalid character at the beginning of an object's key");
    entries.set(checkText(key), toGoValue(item, depth + 1));
  }
  return new GoMap(entries);
}

function checkText(text: string): string {
  if (/\\[^nrtbfu"\\]/.test(quoteString(text).replaceAll("\\\\", ""))) {
    throw new BuiltinError("invalid character in string escape code");
  }
  return text;
}

export function typeName(value: GoValue): string {
  if (value === undefined || value === null) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float64";
  if (typeof value === "string") return "string";
  if (value instanceof GoByte) return "uint8";
  if (value instanceof GoJsonNumber) return "json.Number";
  return value instanceof GoSlice ? "[]interface {}" : "map[string]interface {}";
}

/** What `if`, `and`, `or` and `not` take for true: all but false, zero and what is empty; the text "0" is true. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  if (value instanceof GoByte) return value.value !== 0n;
  if (value instanceof GoJsonNumber) return value.text !== "";
  return value instanceof GoSlice ? value.length > 0 : value.entries.size > 0;
}

/** The text of a string or of a json.Number, which Go treats alike in many places. */
export function stringKind(value: GoValue): string | undefined {
  return value instanceof GoJsonNumber ? value.text : typeof value === "string" ? value : undefined;
}
