import { isRegoArray, RegoDecimal, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { Builtin, BuiltinFamily } from "../builtin.ts";
import { integerOperand } from "../operands.ts";
import { WIDENING } from "../../substitution/substitutes.ts";
import {
  add,
  divide,
  fromInteger,
  isInteger,
  multiply,
  parseBigFloat,
  PRECISION,
  subtract,
  truncate,
  withPrecision,
} from "./big-float.ts";
import type { BigFloat } from "./big-float.ts";
import { formatBigFloat } from "./shortest-text.ts";

type RegoNumber = bigint | RegoDecimal;

/** Digits of the integer that an exponent writes, such as 1e30. */
const MAX_INTEGER_DIGITS = 20_000;
const HALF = parseBigFloat("0.5");
const ONE = fromInteger(1n);

function isNumber(value: RegoValue | undefined): value is RegoNumber {
  return typeof value === "bigint" || value instanceof RegoDecimal;
}

function numberOperand(operands: readonly RegoValue[], position: number): RegoNumber {
  const value = operands[position - 1];
  if (!isNumber(value)) throw new BuiltinError(`operand ${position} must be number`);
  return value;
}

/** The integer that a number is, whatever its spelling: `1.0` and `1e3` are integers. */
function toInteger(value: RegoNumber): bigint | undefined {
  if (typeof value === "bigint") return value;
  const match = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(value.text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const digits = BigInt(whole + fraction);
  const power = Number(exponentText) - fraction.length;
  if (digits === 0n) return 0n;
  if (Math.abs(power) > MAX_INTEGER_DIGITS) throw new RangeError(`a number of over ${MAX_INTEGER_DIGITS} places`);
  const scale = 10n ** BigInt(Math.abs(power));
  if (power < 0 && digits % scale !== 0n) return undefined;
  const magnitude = power < 0 ? digits / scale : digits * scale;
  return sign === "-" ? -magnitude : magnitude;
}

function toFloat(value: RegoNumber): BigFloat {
  return typeof value === "bigint" ? withPrecision(fromInteger(value), PRECISION.usual) : parseBigFloat(value.text);
}

/** A number as OPA keeps the result of a computation: its text. */
function toNumber(value: BigFloat): RegoNumber {
  const text = formatBigFloat(value);
  // The module's numbers have no negative zero.
  return /^-?[0-9]+$/.test(text) ? BigInt(text) : new RegoDecimal(text);
}

interface Operation {
  readonly exact: (left: bigint, right: bigint) => bigint;
  readonly float: (left: BigFloat, right: BigFloat, precision?: number) => BigFloat;
}

const PLUS: Operation = { exact: (left, right) => left + right, float: add };
const MINUS: Operation = { exact: (left, right) => left - right, float: subtract };
const TIMES: Operation = { exact: (left, right) => left * right, float: multiply };

/** An integer that a policy may compute: of some 300 000 digits. */
const MAX_INTEGER = 1n << 1_000_000n;
const LEAST_INTEGER = -MAX_INTEGER;

function bounded(value: bigint): bigint {
  if (value > MAX_INTEGER || value < LEAST_INTEGER) throw new RangeError("an integer of over a million bits");
  return value;
}

/** In pairs, and pairs of them: one by one, each step would take as long as what is there is large. */
function joined(exact: Operation["exact"], start: bigint, integers: readonly bigint[]): bigint {
  let left = integers;
  while (left.length > 1) {
    const items = left;
    left = Array.from({ length: Math.ceil(items.length / 2) }, (_, index) => {
      const [one = start, other] = [items[index * 2], items[index * 2 + 1]];
      return other === undefined ? one : bounded(exact(one, other));
    });
  }
  return left[0] ?? start;
}

/** Exact for integers; else in 64 bits. */
function compute({ exact, float }: Operation, left: RegoNumber, right: RegoNumber): RegoNumber {
  const [one, other] = [toInteger(left), toInteger(right)];
  if (one !== undefined && other !== undefined) return bounded(exact(one, other));
  return toNumber(float(toFloat(left), toFloat(right)));
}

function binary(operation: Operation): Builtin {
  return (operands) => compute(operation, numberOperand(operands, 1), numberOperand(operands, 2));
}

function quotient(operands: readonly RegoValue[]): RegoValue {
  const [left, right] = [toFloat(numberOperand(operands, 1)), toFloat(numberOperand(operands, 2))];
  if (right.magnitude === 0n) throw new BuiltinError("divide by zero");
  return toNumber(divide(left, right));
}

function remainder(operands: readonly RegoValue[]): RegoValue {
  const [left, right] = [toInteger(numberOperand(operands, 1)), toInteger(numberOperand(operands, 2))];
  if (left === undefined || right === undefined) throw new BuiltinError("modulo on floating-point number");
  if (right === 0n) throw new BuiltinError("modulo by zero");
  return left % right;
}

/** Of one number, which OPA takes into 64 bits first, integers too. */
function unary(compute: (value: BigFloat) => BigFloat): Builtin {
  return (operands) => toNumber(compute(toFloat(numberOperand(operands, 1))));
}

/** Halves away from zero. */
function round(value: BigFloat): BigFloat {
  return fromInteger(truncate(value.isNegative ? subtract(value, HALF) : add(value, HALF)));
}

/** As in OPA, 1 for a fraction between -1 and 0. */
function ceil(value: BigFloat): BigFloat {
  const whole = truncate(value);
  return whole < 0n || isInteger(value) ? fromInteger(whole) : add(fromInteger(whole), ONE);
}

/** As in OPA, 0 for a fraction between -1 and 0. */
function floor(value: BigFloat): BigFloat {
  const whole = truncate(value);
  return whole >= 0n || isInteger(value) ? fromInteger(whole) : subtract(fromInteger(whole), ONE);
}

/** Of an array or set: exact when all are integers, else from the first to the last, in the bits of `start`. */
function accumulate({ exact, float }: Operation, start: BigFloat): Builtin {
  return ([operand]) => {
    const items = operand instanceof RegoSet ? operand.members : operand;
    if (items === undefined || items === null || !isRegoArray(items)) {
      throw new BuiltinError("operand 1 must be one of {set, array}");
    }
    const numbers = items.filter(isNumber);
    if (numbers.length < items.length) throw new BuiltinError("operand 1 must be an array of numbers");
    const integers = numbers.flatMap((item) => toInteger(item) ?? []);
    if (integers.length === numbers.length) return joined(exact, truncate(start), integers);
    return toNumber(numbers.map(toFloat).reduce((left, right) => float(left, right, start.precision), start));
  };
}

/**
 * Arithmetic as OPA's evaluator does it. The module computes in decimals instead, so that `0.1 * 9 == 0.9` is true there
 * and false in OPA, and gives up beyond 64 bits.
 *
 * @see https://github.com/open-policy-agent/opa/blob/v1.20.2/v1/topdown/arithmetic.go
 */
export const ARITHMETIC_NATIVES: BuiltinFamily = {
  [WIDENING]: (operands) => new RegoDecimal(`${integerOperand(operands, 1)}`),
  abs: unary((value) => ({ ...value, isNegative: false })),
  ceil: unary(ceil),
  div: quotient,
  floor: unary(floor),
  minus: binary(MINUS),
  mul: binary(TIMES),
  plus: binary(PLUS),
  product: accumulate(TIMES, withPrecision(ONE, PRECISION.double)),
  rem: remainder,
  round: unary(round),
  sum: accumulate(PLUS, fromInteger(0n)),
};
