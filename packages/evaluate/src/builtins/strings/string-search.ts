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
  for (let found = text.indexOf(search); found !== -1; found = text.indexOf(search, found + 1)) {
    for (; index < found; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) runes++;
    positions.push(BigInt(runes));
  }
  return positions;
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
    return texts.some((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  },
  "strings.any_suffix_match": (operands) => {
    const [texts, suffixes] = [stringsOperand(operands, 1), stringsOperand(operands, 2)];
    return texts.some((text) => suffixes.some((suffix) => text.endsWith(suffix)));
  },
  "strings.count": (operands) => countOf(stringOperand(operands, 1), stringOperand(operands, 2)),
  "strings.split_n": (operands) =>
    splitSome(stringOperand(operands, 1), stringOperand(operands, 2), integerOperand(operands, 3)),
};
