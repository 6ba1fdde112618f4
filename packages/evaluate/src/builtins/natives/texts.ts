import { isRegoArray, RegoDecimal, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { printedLines } from "../diagnostics/print.ts";
import { decodeBase64, decodeBase64Url, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { parseJsonValue } from "../encoding/go-json-parse.ts";
import { textOf } from "../encoding/go-text.ts";
import { goJson } from "../json/go-json.ts";
import { arrayOperand, objectOperand, plainInteger, stringOperand } from "../operands.ts";
import { parseBigFloat, truncate } from "./big-float.ts";

const RADIX: ReadonlyMap<RegoValue, number> = new Map([
  [2n, 2],
  [8n, 8],
  [10n, 10],
  [16n, 16],
]);

/** Fractions lose what is behind the point. */
function formatInt([value, base]: readonly RegoValue[]): string {
  const radix = base === undefined ? undefined : RADIX.get(base);
  if (typeof value !== "bigint" && !(value instanceof RegoDecimal)) throw new BuiltinError("operand 1 must be number");
  if (radix === undefined) throw new BuiltinError("operand 2 must be one of {2, 8, 10, 16}");
  if (typeof value === "bigint") return value.toString(radix);
  return (plainInteger(value.text) ?? truncate(parseBigFloat(value.text))).toString(radix);
}

/** In code points. */
function indexOf(operands: readonly RegoValue[]): bigint {
  const [text, search] = [stringOperand(operands, 1), stringOperand(operands, 2)];
  if (search === "") throw new BuiltinError("empty search character");
  const found = text.indexOf(search);
  if (found === -1) return -1n;
  let runes = 0n;
  for (let index = 0; index < found; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) runes++;
  return runes;
}

/** Characters of a text that a policy may make out of a short one. */
const MAX_LENGTH = 32 * 1024 * 1024;

function replace(operands: readonly RegoValue[]): string {
  const [text, search, by] = [stringOperand(operands, 1), stringOperand(operands, 2), stringOperand(operands, 3)];
  if (search === "") return replaceEach(text, [["", by]]);
  const parts = text.split(search);
  if (text.length + parts.length * by.length > MAX_LENGTH) throw tooLong();
  return parts.join(by);
}

function tooLong(): RangeError {
  return new RangeError(`a text of over ${MAX_LENGTH} characters`);
}

/** Of patterns in the order of their texts, the first that fits counts. */
function replaceN(operands: readonly RegoValue[]): string {
  const [patterns, text] = [objectOperand(operands, 1), stringOperand(operands, 2)];
  const pairs = patterns.entries.map(([search, by]) => {
    if (typeof search !== "string") throw new BuiltinError("non-string key found in pattern object");
    if (typeof by !== "string") throw new BuiltinError("non-string value found in pattern object");
    return [search, by] as const;
  });
  return replaceEach(text, pairs);
}

/** Comparisons of a pattern with a place in the text. */
const MAX_COMPARISONS = 50_000_000;

/**
 * Go's strings.Replacer, which works on bytes: from the first place to the last, the first pattern that fits. The empty one
 * fits everywhere, but not twice at one place.
 */
function replaceEach(text: string, pairs: readonly (readonly [search: string, by: string])[]): string {
  const source = Buffer.from(text).toString("latin1");
  const patterns = pairs.map(([search, by]) => ({
    search: Buffer.from(search).toString("latin1"),
    by: Buffer.from(by).toString("latin1"),
  }));
  if (source.length * patterns.length > MAX_COMPARISONS) throw new RangeError("too many patterns for a text this long");
  const parts: string[] = [];
  let [length, kept, wasEmpty] = [source.length, 0, false];
  for (let at = 0; at <= source.length;) {
    const found = patterns.find(({ search }) => !(wasEmpty && search === "") && source.startsWith(search, at));
    wasEmpty = found?.search === "";
    if (found === undefined) at++;
    else {
      length += found.by.length;
      if (length > MAX_LENGTH) throw tooLong();
      parts.push(source.slice(kept, at), found.by);
      at += found.search.length;
      kept = at;
    }
  }
  parts.push(source.slice(kept));
  return textOf(Buffer.from(parts.join(""), "latin1"));
}

/** What Go's ParseFloat takes, with `inf` and `nan` left out, as a number that JSON can carry. */
const FLOAT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX_FLOAT = /^[+-]?0[xX]_?[0-9a-fA-F]/;

function toNumber([value]: readonly RegoValue[]): RegoValue {
  if (value === null || typeof value === "boolean") return value === true ? 1n : 0n;
  if (typeof value === "bigint" || value instanceof RegoDecimal) return value;
  if (typeof value !== "string") throw new BuiltinError("operand 1 must be one of {null, boolean, number, string}");
  if (HEX_FLOAT.test(value)) throw new Error("numbers in hexadecimal are not known to this host");
  if (!FLOAT.test(value) || !Number.isFinite(Number(value))) throw new BuiltinError("invalid syntax");
  const [, sign = "", whole = "", rest = ""] = /^([+-]?)0*([0-9]*)(.*)$/s.exec(value) ?? [];
  const fraction = /^\.(?:[eE]|$)/.test(rest) ? rest.slice(1) : rest;
  const text = `${sign === "-" ? "-" : ""}${whole === "" ? "0" : whole}${fraction}`;
  return /^-?[0-9]+$/.test(text) ? BigInt(text) : new RegoDecimal(text);
}

/** Sets in their order. */
function concat(operands: readonly RegoValue[]): string {
  const [separator, list] = [stringOperand(operands, 1), operands[1]];
  const texts = list instanceof RegoSet ? list.members : list;
  if (texts === undefined || texts === null || !isRegoArray(texts)) throw notTexts();
  if (!texts.every((text) => typeof text === "string")) throw notTexts();
  const length = texts.reduce((sum, text) => sum + text.length, separator.length * texts.length);
  if (length > MAX_LENGTH) throw tooLong();
  return texts.join(separator);
}

function notTexts(): BuiltinError {
  return new BuiltinError("operand 2 must be one of {set, array} of strings");
}

/** What `$"…"` becomes: its parts, of which an expression is the set of its one value or none. */
function templateString(operands: readonly RegoValue[]): string {
  const [text = "", ...others] = printedLines(arrayOperand(operands, 1), "");
  if (others.length > 0) throw new Error("template-strings must not produce multiple outputs");
  return text;
}

function isTrue(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}

/**
 * Texts as OPA's evaluator reads and writes them. The module is lenient where it must not be: it takes `[1] x` for JSON,
 * `YQ` for base64 and `07` for a number, and never comes back from replacing the empty text.
 */
export const TEXT_NATIVES: BuiltinFamily = {
  "base64.decode": (operands) => textOf(decodeBase64(stringOperand(operands, 1), STANDARD_BASE64)),
  "base64.is_valid": ([value]) => typeof value === "string" && isTrue(() => decodeBase64(value, STANDARD_BASE64)),
  "base64url.decode": (operands) => textOf(decodeBase64Url(stringOperand(operands, 1))),
  concat,
  format_int: formatInt,
  "internal.template_string": templateString,
  indexof: indexOf,
  "json.is_valid": ([value]) => typeof value === "string" && isTrue(() => parseJsonValue(value)),
  "json.marshal": ([value]) => goJson(value ?? null),
  "json.unmarshal": (operands) => parseJsonValue(stringOperand(operands, 1)),
  replace,
  "strings.replace_n": replaceN,
  to_number: toNumber,
};
