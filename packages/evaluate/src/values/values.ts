import { compareSpelled } from "./digits.ts";

/**
 * Rego values as builtins see them, exact: an integer of any size is a bigint, any other number keeps its text,
 * sets and objects with keys of any type keep their members in OPA's order.
 */
export type RegoValue = null | boolean | bigint | string | RegoDecimal | RegoArray | RegoObject | RegoSet;
export type RegoArray = readonly RegoValue[];

/** A number whose text has a fraction or an exponent, such as `1.0` or `1e3`. */
export class RegoDecimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export class RegoSet {
  readonly members: readonly RegoValue[];

  /** Sorts and removes duplicates, as a Rego set does. */
  constructor(members: readonly RegoValue[]) {
    const sorted = members.length < 2 ? members : members.toSorted(compareValues);
    this.members = sorted.filter((member, index) => {
      const previous = sorted[index - 1];
      return previous === undefined || compareValues(previous, member) !== 0;
    });
  }
}

export type RegoEntry = readonly [key: RegoValue, value: RegoValue];

export class RegoObject {
  readonly entries: readonly RegoEntry[];

  constructor(entries: readonly RegoEntry[]) {
    this.entries = entries.length < 2 ? entries : entries.toSorted((left, right) => compareValues(left[0], right[0]));
  }
}

export function isRegoArray(value: RegoValue): value is RegoArray {
  return Array.isArray(value);
}

/** OPA's total order: null, booleans, numbers, strings, arrays, objects, sets. */
export function compareValues(left: RegoValue, right: RegoValue): number {
  const byType = rankOf(left) - rankOf(right);
  if (byType !== 0) return byType;
  if (typeof left === "string" && typeof right === "string") return compareStrings(left, right);
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (left instanceof RegoSet && right instanceof RegoSet) return compareLists(left.members, right.members);
  if (left instanceof RegoObject && right instanceof RegoObject) return compareObjects(left, right);
  if (isCollection(left) && isCollection(right)) return compareLists(left, right);
  return 0;
}

function rankOf(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === "boolean") return 1;
  if (isNumber(value)) return 2;
  if (typeof value === "string") return 3;
  if (value instanceof RegoObject) return 5;
  return value instanceof RegoSet ? 6 : 4;
}

function isNumber(value: RegoValue): value is bigint | RegoDecimal {
  return typeof value === "bigint" || value instanceof RegoDecimal;
}

function isCollection(value: RegoValue): value is RegoArray {
  return isRegoArray(value);
}

function compareNumbers(left: bigint | RegoDecimal, right: bigint | RegoDecimal): number {
  if (typeof left === "bigint" && typeof right === "bigint") return left < right ? -1 : Number(left > right);
  const [a, b] = [toDouble(left), toDouble(right)];
  if (a !== b) return a < b ? -1 : 1;
  // The nearest double may not tell them apart: two members of a set must not become one.
  return compareSpelled(spell(left), spell(right));
}

function spell(value: bigint | RegoDecimal): string {
  return typeof value === "bigint" ? String(value) : value.text;
}

export function toDouble(value: bigint | RegoDecimal): number {
  return Number(typeof value === "bigint" ? value : value.text);
}

function compareLists(left: readonly RegoValue[], right: readonly RegoValue[]): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const order = compareValues(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: RegoObject, right: RegoObject): number {
  const length = Math.min(left.entries.length, right.entries.length);
  for (let index = 0; index < length; index++) {
    const order = compareLists(left.entries[index] ?? [], right.entries[index] ?? []);
    if (order !== 0) return order;
  }
  return left.entries.length - right.entries.length;
}

/** Go's string order, which is that of the UTF-8 bytes; UTF-16 units disagree beyond the surrogates. */
export function compareStrings(left: string, right: string): number {
  // One text at two places, which need not be read for that.
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) return sortKey(a) - sortKey(b);
  }
  return left.length - right.length;
}

function sortKey(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
