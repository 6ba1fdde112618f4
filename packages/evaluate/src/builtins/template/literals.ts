import { BuiltinError } from "../builtin.ts";
import type { GoValue } from "./values.ts";

const SHORT: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
  ["\\", 92],
  ["'", 39],
  ['"', 34],
]);

const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

/**
 * Go's strconv.Unquote of an interpreted or raw string.
 *
 * @throws BuiltinError when it is no string of Go's
 * @throws RangeError when its bytes are no UTF-8, which no value here carries
 */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith("`")) return body.replaceAll("\r", "");
  if (!body.includes("\\")) return body;
  const bytes: Buffer[] = [];
  for (let position = 0; position < body.length;) {
    const escape = body.indexOf("\\", position);
    const end = escape < 0 ? body.length : escape;
    bytes.push(Buffer.from(body.slice(position, end)));
    position = end;
    if (escape < 0) break;
    const { length, code, isByte } = readEscape(body, position, '"');
    bytes.push(isByte ? Buffer.of(code) : Buffer.from(String.fromCodePoint(code)));
    position += length;
  }
  return decodeUtf8(Buffer.concat(bytes));
}

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new RangeError("a string of a template has bytes that are no UTF-8", { cause });
  }
}

function readEscape(text: string, position: number, quote: string): { length: number; code: number; isByte: boolean } {
  ESCAPE.lastIndex = position;
  const match = ESCAPE.exec(text);
  if (match === null) throw new BuiltinError("invalid syntax");
  const [whole, short, hex, octal, small, large] = match;
  const isByte = hex !== undefined || octal !== undefined;
  const digits = hex ?? small ?? large;
  const code =
    short === undefined
      ? digits === undefined
        ? Number.parseInt(octal ?? "", 8)
        : Number.parseInt(digits, 16)
      : (SHORT.get(short) ?? 0);
  const isOtherQuote = (short === "'" || short === '"') && short !== quote;
  const isSurrogate = !isByte && code >= 0xd800 && code <= 0xdfff;
  if (isOtherQuote || isSurrogate || code > (isByte ? 0xff : 0x10ffff)) throw new BuiltinError("invalid syntax");
  return { length: whole.length, code, isByte };
}

/** `'x'`: the number of the character. */
export function parseRune(literal: string): bigint {
  const body = literal.slice(1);
  if (body.startsWith("\\")) {
    const { length, code } = readEscape(body, 0, "'");
    if (body.slice(length) !== "'") throw new BuiltinError("malformed character constant");
    return BigInt(code);
  }
  const code = body.codePointAt(0) ?? 0;
  if (body === "'" || body.slice(code > 0xffff ? 2 : 1) !== "'") throw new BuiltinError("malformed character constant");
  return BigInt(code);
}

const UNDERSCORES = /^[+-]?(?:0[xX]_?|0[oO]_?|0[bB]_?)?[0-9a-fA-F]*(?:_[0-9a-fA-F]+)*(?:[.pP].*)?$/;
const INTEGER = /^[+-]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[1-9][0-9]*|0)$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;

/**
 * A number as Go types it: an int, or with a point or an exponent a float64.
 *
 * @throws BuiltinError when it is no number, or an integer beyond 64 bits
 */
export function parseNumber(literal: string): GoValue {
  if (literal.endsWith("i") && !/^[+-]?0[xX]/.test(literal)) {
    throw new RangeError("imaginary numbers in templates are not known to this host");
  }
  if (literal.includes("_") && !UNDERSCORES.test(literal)) throw new BuiltinError("illegal number syntax");
  const text = literal.replaceAll("_", "");
  if (INTEGER.test(text)) return parseInteger(text);
  const value = DECIMAL.test(text) ? Number(text) : parseHexFloat(text);
  if (!Number.isFinite(value)) throw new BuiltinError("illegal number syntax");
  if (!/[.eEpP]/.test(text)) throw new BuiltinError("integer overflow");
  return value;
}

function parseInteger(text: string): bigint {
  const sign = text.startsWith("-") ? -1n : 1n;
  const digits = text.replace(/^[+-]/, "");
  const value = sign * BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  // What fits an unsigned integer alone is an error only where it is evaluated.
  if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new BuiltinError("integer overflow");
  return value;
}

/** Sixteen digits and more would have to be rounded once; Go does, and so few people write them that none are taken. */
function parseHexFloat(text: string): number {
  const match = HEX.exec(text);
  if (match === null || `${match[2] ?? ""}${match[3] ?? ""}` === "") return Number.NaN;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(`0x${whole}${fraction}`);
  if (digits >= 2n ** 53n) throw new RangeError("a hexadecimal number in a template has too many digits");
  const value = Number(digits) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}
