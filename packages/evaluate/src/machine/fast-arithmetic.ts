import type { AnswerNumbers } from "./answer-numbers.ts";
import type { FastBuiltin } from "./fast-builtins.ts";
import type { MemoryView } from "./memory.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import { LAYOUT } from "./value-layout.ts";

/** A double carries every integer of so many digits. */
const MAX_DIGITS = 15;
const POINT = 0x2e;
const MINUS = 0x2d;
/** Decimals of more places are rarely exact in binary. */
const POWERS_OF_FIVE = [1, 5, 25, 125, 625, 3125, 15_625, 78_125, 390_625] as const;

/** Arithmetic whose operands and answer are integers that a double carries. */
export function fastArithmetic(memory: MemoryView, numbers: AnswerNumbers): Readonly<Record<string, FastBuiltin>> {
  const integer = (address: number): number => readInteger(memory, address);
  const answer = (value: number): number => (Number.isSafeInteger(value) ? numbers.write(value) : NOT_TAKEN);
  const whole: FastBuiltin = (operand) => (Number.isNaN(integer(operand)) ? NOT_TAKEN : operand);
  return {
    abs: (operand) => answer(Math.abs(integer(operand))),
    ceil: whole,
    div: (left, right) => answer(integer(left) / integer(right)),
    floor: whole,
    minus: (left, right) => answer(integer(left) - integer(right)),
    mul: (left, right) => {
      const [one, other] = [integer(left), integer(right)];
      if (Number.isNaN(one)) return answer(scaled(memory, left, other));
      return answer(Number.isNaN(other) ? scaled(memory, right, one) : one * other);
    },
    plus: (left, right) => answer(integer(left) + integer(right)),
    rem: (left, right) => answer(integer(left) % integer(right)),
    round: whole,
  };
}

/** NaN for what is no integer that a double carries, and for `-0`, which has a text of its own. */
export function readInteger(memory: MemoryView, address: number): number {
  const { bytes, data } = memory;
  if (bytes[address] !== LAYOUT.type.number) return Number.NaN;
  if (bytes[address + LAYOUT.number.kind] !== LAYOUT.number.integerKind) return readText(memory, address);
  const low = data.getUint32(address + LAYOUT.number.integer, true);
  const value = data.getInt32(address + LAYOUT.number.integer + 4, true) * 2 ** 32 + low;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function readText({ bytes, data }: MemoryView, address: number): number {
  const start = data.getUint32(address + LAYOUT.number.text, true);
  const end = start + data.getUint32(address + LAYOUT.number.length, true);
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (end - first > MAX_DIGITS || end === first) return Number.NaN;
  let value = 0;
  for (let index = first; index < end; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  if (first === start) return value;
  return value === 0 ? Number.NaN : -value;
}

/**
 * A decimal such as 41.5 times an integer, when the decimal is exact in binary and the answer is an integer; else NaN. OPA
 * computes in binary, where 41.3 has no exact place.
 */
function scaled({ bytes, data }: MemoryView, decimal: number, factor: number): number {
  const isText =
    bytes[decimal] === LAYOUT.type.number && bytes[decimal + LAYOUT.number.kind] === LAYOUT.number.textKind;
  if (!isText) return Number.NaN;
  const start = data.getUint32(decimal + LAYOUT.number.text, true);
  const end = start + data.getUint32(decimal + LAYOUT.number.length, true);
  if (end - start > MAX_DIGITS) return Number.NaN;
  let [digits, point] = [0, end];
  for (let index = start; index < end; index++) {
    const digit = (bytes[index] ?? 0) - 0x30;
    if (bytes[index] === POINT && point === end) point = index + 1;
    else if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else return Number.NaN;
  }
  const places = end - point;
  const numerator = (digits / (POWERS_OF_FIVE[places] ?? Number.NaN)) * factor;
  return Number.isSafeInteger(numerator) && digits % (POWERS_OF_FIVE[places] ?? 0) === 0
    ? numerator / 2 ** places
    : Number.NaN;
}
