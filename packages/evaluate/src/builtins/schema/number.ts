import { RegoDecimal } from "../../values/values.ts";

export type JsonNumber = bigint | RegoDecimal;

/** `digits` times ten to the `exponent`, exact; no zero at the end of the digits. */
export interface Decimal {
  readonly digits: bigint;
  /** How many digits there are, without the sign. */
  readonly length: number;
  readonly exponent: number;
}

const ZERO: Decimal = { digits: 0n, length: 0, exponent: 0 };
/** Go's big.Rat takes no exponent beyond. */
const MAX_EXPONENT = 1_000_000;
/** Beyond, converting to a bigint takes time that grows with the square. */
const MAX_DIGITS = 20_000;

/**
 * A number's exact value, or undefined where Go's big.Rat does not take it.
 *
 * @throws RangeError beyond 20 000 digits
 */
export function toDecimal(value: JsonNumber): Decimal | undefined {
  const text = value instanceof RegoDecimal ? value.text : String(value);
  const match = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  if (Math.abs(Number(power)) > MAX_EXPONENT) return undefined;
  const written = whole + fraction;
  if (written.length > MAX_DIGITS) throw new RangeError(`a number has over ${MAX_DIGITS} digits`);
  let [start, end] = [0, written.length];
  while (written.charAt(start) === "0") start++;
  while (end > start && written.charAt(end - 1) === "0") end--;
  if (start === end) return ZERO;
  return {
    digits: BigInt(sign + written.slice(start, end)),
    length: end - start,
    exponent: Number(power) - fraction.length + written.length - end,
  };
}

export function isInteger(value: Decimal): boolean {
  return value.exponent >= 0;
}

export function compareDecimals(left: Decimal, right: Decimal): number {
  const bySign = signOf(left) - signOf(right);
  if (bySign !== 0) return bySign;
  // The place of the first digit decides before any digit does, and keeps 1e1000000 from being written out.
  const byMagnitude = left.length + left.exponent - (right.length + right.exponent);
  if (byMagnitude !== 0) return byMagnitude * signOf(left);
  const shift = left.exponent - right.exponent;
  const a = shift > 0 ? left.digits * 10n ** BigInt(shift) : left.digits;
  const b = shift < 0 ? right.digits * 10n ** BigInt(-shift) : right.digits;
  return a < b ? -1 : Number(a > b);
}

function signOf({ digits }: Decimal): number {
  return digits < 0n ? -1 : Number(digits > 0n);
}

/** Whether `value` divided by the positive `divisor` is a whole number. */
export function isMultiple(value: Decimal, divisor: Decimal): boolean {
  if (value.digits === 0n) return true;
  const shift = value.exponent - divisor.exponent;
  // The digits do not end in zero: no power of ten divides them.
  if (shift < 0) return false;
  return (value.digits * powerModulo(shift, divisor.digits)) % divisor.digits === 0n;
}

/** Ten to the power, modulo, by squaring. */
function powerModulo(power: number, modulus: bigint): bigint {
  let [result, base] = [1n, 10n % modulus];
  for (let rest = power; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

/** As Go's %v prints a big.Float: the digits, with an exponent from 10^6 up and below 10^-4. */
export function decimalText(value: Decimal): string {
  if (value.digits === 0n) return "0";
  const [sign, digits] = value.digits < 0n ? ["-", String(-value.digits)] : ["", String(value.digits)];
  const exponent = digits.length + value.exponent - 1;
  if (exponent < -4 || exponent >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (value.exponent >= 0) return sign + digits + "0".repeat(value.exponent);
  const point = digits.length + value.exponent;
  return point > 0
    ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
    : `${sign}0.${"0".repeat(-point)}${digits}`;
}
