import { formatFloat } from "./go-float.ts";
import { canBackquote, isPrintable, quoteRune, quoteString, runeOf } from "./go-quote.ts";

/** What `%…` carries before its verb. */
export interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` and `%#v`, where plus and sharp mean something else. */
  plusV: boolean;
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function emptyFlags(): Flags {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

const BASES: ReadonlyMap<string, number> = new Map([
  ["v", 10],
  ["d", 10],
  ["b", 2],
  ["o", 8],
  ["O", 8],
  ["x", 16],
  ["X", 16],
]);

/** Pads to the width in characters, with zeros only on the left. */
export function pad(text: string, flags: Flags, canZero = true): string {
  const missing = (flags.width ?? 0) - runeCount(text);
  if (missing <= 0) return text;
  if (flags.minus) return text + " ".repeat(missing);
  return (flags.zero && canZero ? "0" : " ").repeat(missing) + text;
}

function runeCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}

/** An int64, or undefined for a verb that integers do not have. */
export function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  if (verb === "c") return pad(runeOf(value), flags);
  if (verb === "q") return pad(quoteRune(runeOf(value), flags.plus), flags);
  if (verb === "U") return formatUnicode(BigInt.asUintN(64, value), flags);
  const base = BASES.get(verb);
  return base === undefined ? undefined : formatInBase(value, base, verb, flags);
}

function formatInBase(value: bigint, base: number, verb: string, flags: Flags): string {
  const isNegative = value < 0n;
  const { precision, width } = flags;
  if (precision === 0 && value === 0n) return " ".repeat(width ?? 0);
  let minimum = precision ?? 0;
  if (precision === undefined && flags.zero && !flags.minus && width !== undefined) {
    minimum = width - (isNegative || flags.plus || flags.space ? 1 : 0);
  }
  const lower = (isNegative ? -value : value).toString(base).padStart(minimum, "0");
  const digits = verb === "X" ? lower.toUpperCase() : lower;
  const sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  return pad(sign + prefixOf(verb, base, digits, flags) + digits, flags, false);
}

function prefixOf(verb: string, base: number, digits: string, flags: Flags): string {
  if (verb === "O") return flags.sharp && !digits.startsWith("0") ? "0o0" : "0o";
  if (!flags.sharp) return "";
  if (base === 2) return "0b";
  if (base === 8) return digits.startsWith("0") ? "" : "0";
  return base === 16 ? `0${verb}` : "";
}

function formatUnicode(code: bigint, flags: Flags): string {
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), "0");
  const rune = runeOf(code);
  const isShown = flags.sharp && code <= 0x10ffffn && isPrintable(rune);
  return pad(`U+${digits}${isShown ? ` '${rune}'` : ""}`, flags, false);
}

/** An integer beyond 64 bits, by Go's big.Int.Format; undefined for a verb that it does not have. */
export function formatBigInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  const base = verb === "s" ? 10 : BASES.get(verb);
  if (base === undefined) return undefined;
  const isNegative = value < 0n;
  const lower = (isNegative ? -value : value).toString(base);
  const digits = verb === "X" ? lower.toUpperCase() : lower;
  const sign = isNegative ? "-" : flags.plus || flags.plusV ? "+" : flags.space ? " " : "";
  const isSharp = flags.sharp || flags.sharpV;
  const prefix =
    verb === "O" ? "0o" : isSharp && verb !== "d" ? prefixOf(verb, base, digits, { ...flags, sharp: true }) : "";
  const zeros = Math.max(0, (flags.precision ?? 0) - digits.length);
  const missing = Math.max(0, (flags.width ?? 0) - sign.length - prefix.length - zeros - digits.length);
  if (flags.minus) return sign + prefix + "0".repeat(zeros) + digits + " ".repeat(missing);
  if (flags.zero && flags.precision === undefined) return sign + prefix + "0".repeat(missing) + digits;
  return " ".repeat(missing) + sign + prefix + "0".repeat(zeros) + digits;
}

const FLOAT_VERBS: ReadonlyMap<string, readonly [format: string, precision: number]> = new Map([
  ["v", ["g", -1]],
  ["b", ["b", -1]],
  ["g", ["g", -1]],
  ["G", ["G", -1]],
  ["x", ["x", -1]],
  ["X", ["X", -1]],
  ["e", ["e", 6]],
  ["E", ["E", 6]],
  ["f", ["f", 6]],
  ["F", ["f", 6]],
]);

/** A finite double, or undefined for a verb that floats do not have. */
export function formatDouble(value: number, verb: string, flags: Flags): string | undefined {
  const known = FLOAT_VERBS.get(verb);
  if (known === undefined) return undefined;
  const [format, fallback] = known;
  const precision = flags.precision ?? fallback;
  const text = formatFloat(value, format, precision);
  const isNegative = text.startsWith("-");
  const unsigned = isNegative ? text.slice(1) : text;
  const number = flags.sharp && format !== "b" ? keepPoint(unsigned, format, precision) : unsigned;
  const sign = isNegative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  const { width } = flags;
  if (sign !== "" && flags.zero && !flags.minus && width !== undefined && width > number.length + 1) {
    return sign + number.padStart(width - 1, "0");
  }
  return pad(sign + number, flags);
}

/** `#` shows the point always, and for %g the zeros behind it. */
function keepPoint(text: string, format: string, precision: number): string {
  const isHex = format === "x" || format === "X";
  const tailStart = text.search(isHex ? /[pP]/ : /[eE]/);
  const head = tailStart < 0 ? text : text.slice(0, tailStart);
  const tail = tailStart < 0 ? "" : text.slice(tailStart);
  let missing = 0;
  if (format === "g" || format === "G" || format === "x") {
    const significant = head.replace(".", "").replace(/^0+/, "").length;
    missing = (precision === -1 ? 6 : precision) - significant;
  }
  const hasPoint = head.includes(".");
  if (!hasPoint && head === "0") missing--;
  return head + (hasPoint ? "" : ".") + "0".repeat(Math.max(0, missing)) + tail;
}

/** A string, or undefined for a verb that strings do not have. */
export function formatString(value: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case "v":
      return flags.sharpV ? formatQuoted(value, flags) : pad(truncate(value, flags), flags);
    case "s":
      return pad(truncate(value, flags), flags);
    case "q":
      return formatQuoted(value, flags);
    case "x":
    case "X":
      return formatBytes(value, verb, flags);
    default:
      return undefined;
  }
}

export function truncate(text: string, { precision }: Flags): string {
  return precision === undefined || text.length <= precision ? text : Array.from(text).slice(0, precision).join("");
}

function formatQuoted(value: string, flags: Flags): string {
  const text = truncate(value, flags);
  if (flags.sharp && canBackquote(text)) return pad(`\`${text}\``, flags);
  return pad(quoteString(text, flags.plus), flags);
}

/** The UTF-8 bytes in hexadecimal; precision counts bytes. */
function formatBytes(value: string, verb: string, flags: Flags): string {
  const bytes = Buffer.from(value).subarray(0, flags.precision ?? Infinity);
  if (bytes.length === 0) return pad("", flags);
  const prefix = flags.sharp ? `0${verb}` : "";
  const hex = bytes.toString("hex");
  const digits = verb === "X" ? hex.toUpperCase() : hex;
  const text = flags.space ? (digits.match(/../g) ?? []).map((pair) => prefix + pair).join(" ") : prefix + digits;
  return pad(text, flags);
}
