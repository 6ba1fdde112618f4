import { daysIn } from "../time/calendar.ts";
import { LONG_TAG_PREFIX } from "./node.ts";

/** What a plain scalar is by its text: a bigint an integer of 64 bits, a number a float, a string anything else. */
export type Scalar = null | boolean | bigint | number | string;

export const STRING_TAG = `${LONG_TAG_PREFIX}str`;
export const BINARY_TAG = `${LONG_TAG_PREFIX}binary`;
export const NULL_TAG = `${LONG_TAG_PREFIX}null`;
const BOOLEAN_TAG = `${LONG_TAG_PREFIX}bool`;
const INTEGER_TAG = `${LONG_TAG_PREFIX}int`;
const FLOAT_TAG = `${LONG_TAG_PREFIX}float`;
const TIMESTAMP_TAG = `${LONG_TAG_PREFIX}timestamp`;
const RESOLVABLE = new Set([STRING_TAG, BOOLEAN_TAG, INTEGER_TAG, FLOAT_TAG, NULL_TAG, TIMESTAMP_TAG]);

export interface Resolved {
  readonly tag: string;
  readonly value: Scalar;
}

const WORDS: ReadonlyMap<string, Resolved> = new Map(
  (
    [
      [true, BOOLEAN_TAG, "y Y yes Yes YES true True TRUE on On ON"],
      [false, BOOLEAN_TAG, "n N no No NO false False FALSE off Off OFF"],
      [null, NULL_TAG, "~ null Null NULL"],
      [Number.NaN, FLOAT_TAG, ".nan .NaN .NAN"],
      [Infinity, FLOAT_TAG, ".inf .Inf .INF +.inf +.Inf +.INF"],
      [-Infinity, FLOAT_TAG, "-.inf -.Inf -.INF"],
    ] as const
  ).flatMap(([value, tag, words]) => words.split(" ").map((word) => [word, { tag, value }] as const)),
);

const INT64 = Object.freeze({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n, maximumUnsigned: 2n ** 64n - 1n });
const STYLED_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DOTTED_FLOAT = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9:]+)(?:[.,][0-9]+)?(?:Z|[+-]([0-9]{2}):([0-9]{2}))| ([0-9:]+)(?:[.,][0-9]+)?)?$/;
const CLOCK = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})$/;
/** Beyond, no integer has 64 bits; leading zeros may come before. */
const MAX_INTEGER_TEXT = 1000;

/** go-yaml's resolve for a scalar without a tag. */
export function resolvePlain(text: string): Resolved {
  if (text === "") return { tag: NULL_TAG, value: null };
  const first = text.charAt(0);
  if (!/[-+0-9yYnNtTfFoO~.]/.test(first)) return { tag: STRING_TAG, value: text };
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (first === "." && DOTTED_FLOAT.test(text)) return toFloat(text) ?? { tag: STRING_TAG, value: text };
  if (!/[-+0-9]/.test(first)) return { tag: STRING_TAG, value: text };
  if (isTimestamp(text)) return { tag: TIMESTAMP_TAG, value: text };
  return resolveNumber(text.replaceAll("_", "")) ?? { tag: STRING_TAG, value: text };
}

function resolveNumber(text: string): Resolved | undefined {
  const integer = parseInteger(text);
  if (integer !== undefined) return { tag: INTEGER_TAG, value: integer };
  const float = STYLED_FLOAT.test(text) ? toFloat(text) : undefined;
  if (float !== undefined) return float;
  // `0b-1`, which is no number anywhere else.
  const match = /^0b([-+][01]+)$/.exec(text)?.[1];
  const binary = match === undefined ? undefined : inRange(match.startsWith("-"), `0b${match.slice(1)}`);
  return binary === undefined ? undefined : { tag: INTEGER_TAG, value: binary };
}

function toFloat(text: string): Resolved | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? { tag: FLOAT_TAG, value } : undefined;
}

/** Go's ParseInt and ParseUint with base 0: `0x`, `0o`, `0b`, and a leading zero for octal. */
function parseInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (match === null || text.length > MAX_INTEGER_TEXT) return undefined;
  const [, sign = "", digits = ""] = match;
  const literal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  const value = inRange(sign === "-", literal);
  return value !== undefined && value > INT64.maximum && sign === "+" ? undefined : value;
}

function inRange(isNegative: boolean, literal: string): bigint | undefined {
  const value = isNegative ? -BigInt(literal) : BigInt(literal);
  return value < INT64.minimum || value > INT64.maximumUnsigned ? undefined : value;
}

/** Only ever a string, but one that is written in quotes. */
function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [, year, month, day, zoned, zoneHour = "0", zoneMinute = "0", local] = match;
  const clock = zoned ?? local;
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1;
  if (!isDate || Number(day) > daysIn(Number(year), Number(month))) return false;
  if (Number(zoneHour) > 24 || Number(zoneMinute) > 60) return false;
  if (clock === undefined) return true;
  const [, hour, minute, second] = CLOCK.exec(clock) ?? [];
  return hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

/** With a tag: undefined where the text does not have that type. */
export function resolveTagged(tag: string, text: string): Resolved | undefined {
  if (!RESOLVABLE.has(tag)) return { tag, value: text };
  if (tag === STRING_TAG) return { tag, value: text };
  const isDate = isTimestamp(text);
  if (tag === TIMESTAMP_TAG && isDate) return { tag, value: text };
  const found = isDate ? { tag: STRING_TAG, value: text } : resolvePlain(text);
  if (found.tag === tag) return found;
  const isNarrow = typeof found.value === "bigint" && found.value <= INT64.maximum;
  return tag === FLOAT_TAG && isNarrow ? { tag, value: Number(found.value) } : undefined;
}
