import { isRegoArray, RegoDecimal, RegoObject } from "../values/values.ts";
import type { RegoArray, RegoValue } from "../values/values.ts";
import { BuiltinError } from "./builtin.ts";

const INT64 = Object.freeze({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n });

/** Operands are counted from 1, as OPA's messages do. */
export function stringOperand(operands: readonly RegoValue[], position: number): string {
  const value = operands[position - 1];
  if (typeof value !== "string") throw new BuiltinError(`operand ${position} must be string`);
  return value;
}

export function arrayOperand(operands: readonly RegoValue[], position: number): RegoArray {
  const value = operands[position - 1];
  if (value === undefined || !isRegoArray(value)) throw new BuiltinError(`operand ${position} must be array`);
  return value;
}

export function objectOperand(operands: readonly RegoValue[], position: number): RegoObject {
  const value = operands[position - 1];
  if (!(value instanceof RegoObject)) throw new BuiltinError(`operand ${position} must be object`);
  return value;
}

/** An integer of 64 bits; `1.0` is one, `1e3` is not: what Go reads with no exponent and zeros behind the point. */
export function integerOperand(operands: readonly RegoValue[], position: number): bigint {
  const value = operands[position - 1];
  const integer = value instanceof RegoDecimal ? plainInteger(value.text) : value;
  if (typeof integer !== "bigint") throw new BuiltinError(`operand ${position} must be integer number`);
  return checkInt64(integer);
}

/** `1.0` as 1, within the 64 bits and the 19 places that OPA reads. */
export function plainInteger(text: string): bigint | undefined {
  const match = /^(-?)([0-9]+)\.0*$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", digits = ""] = match;
  if (text.length - sign.length > 19) return undefined;
  const integer = BigInt(sign + digits);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

export function checkInt64(value: bigint): bigint {
  if (value < INT64.minimum || value > INT64.maximum) throw new BuiltinError("number outside of the 64-bit range");
  return value;
}

/** The integer that a number's text means, exponent and all, or undefined when it has a fraction. */
export function exactInteger(value: bigint | RegoDecimal): bigint | undefined {
  if (typeof value === "bigint") return value;
  const match = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(value.text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0n;
  const significant = digits.slice(0, endOfDigits(digits));
  const exponent = Number(exponentText) - fraction.length + digits.length - significant.length;
  // Beyond 10^40 nothing fits a clock or a counter; the cap keeps `1e999999999` from becoming a gigabyte.
  if (exponent < 0 || exponent + significant.length > 40) return undefined;
  return BigInt(`${sign}${significant}`) * 10n ** BigInt(exponent);
}

/** Where the zeros at the end begin. A pattern would look for that end from each of the zeros before it. */
function endOfDigits(digits: string): number {
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end--;
  return end;
}
