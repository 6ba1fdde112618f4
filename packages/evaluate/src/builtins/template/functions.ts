import { BuiltinError } from "../builtin.ts";
import { isEqual, isLess, isLessOrEqual } from "./comparison.ts";
import { escapeHtml, escapeJs, escapeQuery } from "./escapes.ts";
import { decodeUtf8 } from "./literals.ts";
import { formatAll, printAll, printLine } from "./print.ts";
import { GoByte, GoJsonNumber, GoMap, GoSlice, isTrue, stringKind, typeName } from "./values.ts";
import type { GoValue } from "./values.ts";

type TemplateFunction = (values: readonly GoValue[]) => GoValue;

const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["call", ([value]) => fail(`non-function of type ${typeName(value)}`)],
  ["eq", ([first, ...others]) => isEqual(first, others)],
  ["ge", ([left, right]) => !isLess(left, right)],
  ["gt", ([left, right]) => !isLessOrEqual(left, right)],
  ["html", (values) => escapeHtml(textOf(values))],
  ["index", ([item, ...indexes]) => indexAll(item, indexes)],
  ["js", (values) => escapeJs(textOf(values))],
  ["le", ([left, right]) => isLessOrEqual(left, right)],
  ["len", ([value]) => lengthOf(value)],
  ["lt", ([left, right]) => isLess(left, right)],
  ["ne", ([left, right]) => !isEqual(left, [right])],
  ["not", ([value]) => !isTrue(value)],
  ["print", printAll],
  ["printf", formatAll],
  ["println", printLine],
  ["slice", ([item, ...indexes]) => sliceOf(item, indexes)],
  ["urlquery", (values) => escapeQuery(textOf(values))],
]);

/** Calls a function of Go's text/template; `and` and `or` are the caller's, since they do not look at all arguments. */
export function callFunction(name: string, values: readonly GoValue[]): GoValue {
  const known = FUNCTIONS.get(name);
  if (known === undefined) throw new TypeError(`${name} is no function of a template`);
  return known(values);
}

export function shortCircuits(name: "and" | "or", value: GoValue): boolean {
  return isTrue(value) === (name === "or");
}

function fail(reason: string): never {
  throw new BuiltinError(reason);
}

function textOf(values: readonly GoValue[]): string {
  return printAll(values.map((value) => value ?? "<no value>"));
}

function lengthOf(value: GoValue): bigint {
  const text = stringKind(value);
  if (text !== undefined) return BigInt(Buffer.byteLength(text));
  if (value instanceof GoSlice) return BigInt(value.length);
  if (value instanceof GoMap) return BigInt(value.entries.size);
  return fail(`len of type ${typeName(value)}`);
}

function indexAll(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) return fail("index of untyped nil");
  return indexes.reduce<GoValue>(indexOne, item);
}

function indexOne(item: GoValue, index: GoValue): GoValue {
  const text = stringKind(item);
  if (text !== undefined) {
    const byte = Buffer.from(text)[positionOf(index, Infinity)];
    return byte === undefined ? fail("index out of range") : new GoByte(byte);
  }
  if (item instanceof GoSlice) return item.at(positionOf(index, item.length - 1));
  if (!(item instanceof GoMap)) return fail(`can't index item of type ${typeName(item)}`);
  if (typeof index !== "string") return fail(`value has type ${typeName(index)}; should be string`);
  return item.entries.get(index) ?? null;
}

function positionOf(index: GoValue, most: number): number {
  const value = index instanceof GoByte ? index.value : index;
  if (typeof value !== "bigint") return fail(`cannot index slice/array with type ${typeName(index)}`);
  if (value < 0n || value > most) return fail(`index out of range: ${value}`);
  return Number(value);
}

function sliceOf(item: GoValue, indexes: readonly GoValue[]): GoValue {
  const text = stringKind(item);
  if (text === undefined && !(item instanceof GoSlice)) return fail(`can't slice item of type ${typeName(item)}`);
  if (indexes.length > 3 || (text !== undefined && indexes.length > 2)) return fail("too many slice indexes");
  if (text === undefined) return sliceList(item as GoSlice, indexes);
  const bytes = Buffer.from(text);
  const [from, to] = bounds(indexes, bytes.length, bytes.length);
  const part = decodeUtf8(bytes.subarray(from, to));
  return typeof item === "string" ? part : new GoJsonNumber(part);
}

function sliceList(item: GoSlice, indexes: readonly GoValue[]): GoSlice {
  const [from, to, end] = bounds(indexes, item.length, item.capacity);
  return item.slice(from, to, end);
}

function bounds(indexes: readonly GoValue[], length: number, capacity: number | undefined): [number, number, number?] {
  const positions = indexes.map((index) => {
    const position = positionOf(index, capacity ?? Infinity);
    if (capacity === undefined && position > length) throw new RangeError("a slice beyond a list of this length");
    return position;
  });
  const [from = 0, to = length, end] = positions;
  if (from > to || (end !== undefined && to > end)) return fail(`invalid slice index: ${from} > ${to}`);
  return end === undefined ? [from, to] : [from, to, end];
}
