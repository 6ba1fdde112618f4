import type { BuiltinContext } from "../builtins/builtin.ts";
import { daysIn, toUnixSeconds } from "../builtins/time/calendar.ts";
import { WIDENING } from "../substitution/substitutes.ts";
import type { AnswerNumbers } from "./answer-numbers.ts";
import { fastArithmetic, readInteger } from "./fast-arithmetic.ts";
import type { MemoryView } from "./memory.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import type { ValueHeap } from "./value-heap.ts";
import { LAYOUT } from "./value-layout.ts";

/** Of the addresses of up to three operands; what is beyond a builtin's own is 0. */
export type FastBuiltin = (first: number, second: number, third: number) => number;

/**
 * Builtins that decisions call most, on the bytes in the module's memory: an address in, an address out, no value
 * between. Each takes only its plainest operands and gives the very answer of the builtin of its name; for all others,
 * errors among them, NOT_TAKEN sends the host to that one.
 */
export interface FastBuiltins {
  readonly plain: Readonly<Record<string, FastBuiltin>>;
  /** The same at every call of one decision. */
  readonly constant: Readonly<Record<string, (context: BuiltinContext) => number>>;
}

export const NO_FAST_BUILTINS: FastBuiltins = Object.freeze({ plain: {}, constant: {} });

/** The module prints the least 64-bit integer as a bare sign. */
const LEAST_INTEGER = -(2n ** 63n);

/** Only for a module that `hasKnownLayout` accepted. */
export function createFastBuiltins(heap: ValueHeap, numbers: AnswerNumbers): FastBuiltins {
  const { memory, scratchNumber } = heap;
  let written: bigint | undefined;
  return {
    constant: {
      "time.now_ns": (context) => {
        const now = context.now();
        if (now === written) return scratchNumber;
        if (now === LEAST_INTEGER) return NOT_TAKEN;
        heap.setInteger(scratchNumber, 0);
        memory.data.setBigInt64(scratchNumber + LAYOUT.number.integer, now, true);
        written = now;
        return scratchNumber;
      },
    },
    plain: {
      ...fastArithmetic(memory, numbers),
      "time.parse_rfc3339_ns": (operand) => {
        const seconds = readPlainTime(memory, operand);
        return seconds === undefined ? NOT_TAKEN : answerNanoseconds(numbers, seconds);
      },
      replace: (text, search, by) => (isString(memory.bytes[by]) && holdsNot(memory, text, search) ? text : NOT_TAKEN),
      // What arithmetic in the module asks for when an integer is beyond 32 bits.
      [WIDENING]: (operand) => {
        const value = readInteger(memory, operand);
        return Number.isSafeInteger(value) ? numbers.writeText(String(value)) : NOT_TAKEN;
      },
      to_number: (operand) => {
        if (memory.bytes[operand] === LAYOUT.type.number) return operand;
        const value = readDigits(memory, operand);
        return value === undefined ? NOT_TAKEN : numbers.write(value);
      },
    },
  };
}

/** A double carries every integer of so many digits. */
const MAX_DIGITS = 15;

/** Of a string of digits, or undefined for any other value. */
function readDigits(memory: MemoryView, address: number): number | undefined {
  const { bytes, data } = memory;
  if (!isString(bytes[address])) return undefined;
  const length = data.getUint32(address + LAYOUT.string.length, true);
  if (length === 0 || length > MAX_DIGITS) return undefined;
  const start = data.getUint32(address + LAYOUT.string.start, true);
  let value = 0;
  for (let index = start; index < start + length; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** Longer texts are for the engine's own search. */
const MAX_SEARCHED_BYTES = 256;

/** Whether the short text does not hold the other, which has at least one byte. */
function holdsNot({ bytes, data }: MemoryView, text: number, search: number): boolean {
  if (!isString(bytes[text]) || !isString(bytes[search])) return false;
  const length = data.getUint32(search + LAYOUT.string.length, true);
  const size = data.getUint32(text + LAYOUT.string.length, true);
  if (length === 0 || size > MAX_SEARCHED_BYTES) return false;
  const wanted = data.getUint32(search + LAYOUT.string.start, true);
  const start = data.getUint32(text + LAYOUT.string.start, true);
  for (let at = start; at <= start + size - length; at++) {
    let same = 0;
    while (same < length && bytes[at + same] === bytes[wanted + same]) same++;
    if (same === length) return false;
  }
  return true;
}

function isString(type: number | undefined): boolean {
  return type === LAYOUT.type.string || type === LAYOUT.type.internedString;
}

const PLAIN_TIME = "2006-01-02T15:04:05Z";
const FIRST_YEAR = 1970;
/** All instants of the year before fit 64 bits of nanoseconds. */
const YEARS_END = 2262;

/** Seconds since 1970 of a string such as `2006-01-02T15:04:05Z`, or undefined for any other value. */
function readPlainTime(memory: MemoryView, address: number): number | undefined {
  const { bytes, data } = memory;
  if (!isString(bytes[address]) || data.getUint32(address + LAYOUT.string.length, true) !== PLAIN_TIME.length)
    return undefined;
  const start = data.getUint32(address + LAYOUT.string.start, true);
  const marked =
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a &&
    bytes[start + 19] === 0x5a;
  if (!marked) return undefined;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const [month, day] = [twoDigits(bytes, start + 5), twoDigits(bytes, start + 8)];
  const hour = twoDigits(bytes, start + 11);
  const [minute, second] = [twoDigits(bytes, start + 14), twoDigits(bytes, start + 17)];
  const inYears = year >= FIRST_YEAR && year < YEARS_END;
  const inYear = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!(inYears && inYear && hour < 24 && minute < 60 && second < 60)) return undefined;
  return toUnixSeconds({ year, month, day, hour, minute, second });
}

/** NaN where there are not two digits, which fails every comparison. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [(bytes[at] ?? 0) - 0x30, (bytes[at + 1] ?? 0) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** In two halves, since the product is beyond what a double holds. */
function answerNanoseconds(numbers: AnswerNumbers, seconds: number): number {
  const upper = Math.floor(seconds / 65_536) * 1e9;
  const high = Math.floor(upper / 65_536);
  const low = (upper - high * 65_536) * 65_536 + (seconds % 65_536) * 1e9;
  return numbers.write(low, high);
}
