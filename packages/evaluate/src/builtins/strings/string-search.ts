import { isRegoArray, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { integerOperand, stringOperand } from "../operands.ts";

/** One string, or an array or set of strings. */
function stringsOperand(operands: readonly RegoValue[], position: number): readonly string[] {
  const value = operands[position - 1];
  if (typeof value === "string") return [value];
  const members = value instanceof RegoSet ? value.members : value;
  if (members === undefined || members === null || !isRegoArray(members)) throw notStrings(position);
  return members.map((member) => {
    if (typeof member !== "string") throw notStrings(position);
    return member;
  });
}

function notStrings(position: number): BuiltinError {
  return new BuiltinError(`operand ${position} must be one of {string, set, array}`);
}

/** Positions in code points, overlapping ones too. */
function indexOfAll(text: string, search: string): bigint[] {
  if (search === "") throw new BuiltinError("empty search character");
  const positions: bigint[] = [];
  let [index, runes] = [0, 0];
  for (const found of placesOf(text, search)) {
    for (; index < found; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) runes++;
    positions.push(BigInt(runes));
  }
  return positions;
}

/** Knuth, Morris and Pratt: looking anew from each place found would be quadratic in a text that repeats itself. */
function* placesOf(text: string, search: string): Generator<number> {
  const borders = bordersOf(search);
  let matched = 0;
  for (let index = 0; index < text.length; index++) {
    while (matched > 0 && text.charCodeAt(index) !== search.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (text.charCodeAt(index) === search.charCodeAt(matched)) matched++;
    if (matched < search.length) continue;
    yield index + 1 - matched;
    matched = borders[matched - 1] ?? 0;
  }
}

/** For every beginning of a text, how long the longest part is that it both begins and ends with. */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let border = 0;
  for (let index = 1; index < text.length; index++) {
    while (border > 0 && text.charCodeAt(index) !== text.charCodeAt(border)) border = borders[border - 1] ?? 0;
    if (text.charCodeAt(index) === text.charCodeAt(border)) border++;
    borders[index] = border;
  }
  return borders;
}

/** Sorted, the texts that begin with a prefix follow right behind it: no text is compared with every prefix. */
function anyBeginsWithAny(texts: readonly string[], prefixes: readonly string[]): boolean {
  const sorted = texts.toSorted(compareUnits);
  return prefixes.some((prefix) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUnits(sorted[middle] ?? "", prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(prefix) ?? false;
  });
}

function compareUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Backwards, an end is a beginning; the halves of a character may part, both sides do so alike. */
function reverse(text: string): string {
  return text.split("").toReversed().join("");
}

/** Places that do not overlap; the empty string stands before, between and behind all characters. */
function countOf(text: string, search: string): bigint {
  return BigInt(search === "" ? Array.from(text).length + 1 : text.split(search).length - 1);
}

/** The first, or for a negative count the last, parts of a text. */
function splitSome(text: string, delimiter: string, count: bigint): string[] {
  const parts = delimiter === "" ? Array.from(text) : text.split(delimiter);
  if (count >= 0n) return parts.slice(0, Number(count));
  return parts.slice(Math.max(0, parts.length + Number(count)));
}

/** Searching and splitting strings, where OPA's modules bring nothing of their own. */
export const STRING_SEARCH_BUILTINS: BuiltinFamily = {
  indexof_n: (operands) => indexOfAll(stringOperand(operands, 1), stringOperand(operands, 2)),
  "strings.any_prefix_match": (operands) => {
    const [texts, prefixes] = [stringsOperand(operands, 1), stringsOperand(operands, 2)];
    return anyBeginsWithAny(texts, prefixes);
  },
  "strings.any_suffix_match": (operands) => {
    const [texts, suffixes] = [stringsOperand(operands, 1), stringsOperand(operands, 2)];
    return anyBeginsWithAny(texts.map(reverse), suffixes.map(reverse));
  },
  "strings.count": (operands) => countOf(stringOperand(operands, 1), stringOperand(operands, 2)),
  "strings.split_n": (operands) =>
    splitSome(stringOperand(operands, 1), stringOperand(operands, 2), integerOperand(operands, 3)),
};
