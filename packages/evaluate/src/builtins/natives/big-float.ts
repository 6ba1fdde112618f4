import { trimDigits } from "../../values/digits.ts";

/**
 * A binary floating-point number: its magnitude times two to the exponent. Go's big.Float, as OPA computes with numbers
 * that are not both integers; zero has a sign.
 *
 * @see https://pkg.go.dev/math/big#Float
 */
export interface BigFloat {
  readonly isNegative: boolean;
  /** Odd unless zero. */
  readonly magnitude: bigint;
  readonly exponent: number;
  /** Bits that the magnitude may have. */
  readonly precision: number;
}

/** Bits of a magnitude: of what is read from a text, and of what begins as a double. */
export const PRECISION = Object.freeze({ usual: 64, double: 53 } as const);
/** Beyond 10 to this power a number takes longer to convert than any decision may. */
const MAX_DECIMAL_EXPONENT = 20_000;
/** The same in powers of two, with what a magnitude adds. */
const MAX_EXPONENT = 70_000;
/** Bits of a quotient beyond those that are kept: one more says whether anything is left. */
const GUARD_BITS = 2;
const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;

/** @throws RangeError beyond 10^20000, which OPA would spend minutes on */
export function parseBigFloat(text: string): BigFloat {
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = DECIMAL.exec(text) ?? [];
  const isNegative = sign === "-";
  const digits = BigInt(whole + fraction);
  const power = Number(exponentText) - fraction.length;
  if (digits === 0n) return rounded(isNegative, 0n, 0, PRECISION.usual);
  if (Math.abs(power) > MAX_DECIMAL_EXPONENT) throw new RangeError(`a number of over ${MAX_DECIMAL_EXPONENT} places`);
  if (power >= 0) return rounded(isNegative, digits * 10n ** BigInt(power), 0, PRECISION.usual);
  return quotient(isNegative, digits, 10n ** BigInt(-power), 0, PRECISION.usual);
}

/** In as many bits as an integer needs, 64 at least. */
export function fromInteger(value: bigint): BigFloat {
  const magnitude = absolute(value);
  return rounded(value < 0n, magnitude, 0, Math.max(PRECISION.usual, bitLength(magnitude)));
}

/** To the nearest of so many bits. */
export function withPrecision({ isNegative, magnitude, exponent }: BigFloat, precision: number): BigFloat {
  return rounded(isNegative, magnitude, exponent, precision);
}

/** In the bits of the more precise one unless said otherwise, as all that follow. */
export function add(left: BigFloat, right: BigFloat, precision = precisionOf(left, right)): BigFloat {
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = scaled(left, exponent) + scaled(right, exponent);
  const isZeroNegative = sum === 0n && left.magnitude === 0n && left.isNegative && right.isNegative;
  return rounded(sum < 0n || isZeroNegative, absolute(sum), exponent, precision);
}

export function subtract(left: BigFloat, right: BigFloat, precision = precisionOf(left, right)): BigFloat {
  return add(left, { ...right, isNegative: !right.isNegative }, precision);
}

export function multiply(left: BigFloat, right: BigFloat, precision = precisionOf(left, right)): BigFloat {
  const isNegative = left.isNegative !== right.isNegative;
  const exponent = left.exponent + right.exponent;
  return rounded(isNegative, left.magnitude * right.magnitude, exponent, precision);
}

/** The divisor is not zero. */
export function divide(left: BigFloat, right: BigFloat): BigFloat {
  const isNegative = left.isNegative !== right.isNegative;
  const exponent = left.exponent - right.exponent;
  return quotient(isNegative, left.magnitude, right.magnitude, exponent, precisionOf(left, right));
}

/** Towards zero. */
export function truncate({ isNegative, magnitude, exponent }: BigFloat): bigint {
  const whole = exponent >= 0 ? magnitude << BigInt(exponent) : magnitude >> BigInt(-exponent);
  return isNegative ? -whole : whole;
}

export function isInteger({ exponent }: BigFloat): boolean {
  return exponent >= 0;
}

function precisionOf(left: BigFloat, right: BigFloat): number {
  return Math.max(left.precision, right.precision);
}

function scaled({ isNegative, magnitude, exponent }: BigFloat, to: number): bigint {
  const value = magnitude << BigInt(exponent - to);
  return isNegative ? -value : value;
}

function quotient(isNegative: boolean, top: bigint, bottom: bigint, exponent: number, precision: number): BigFloat {
  const shift = Math.max(0, precision + GUARD_BITS + bitLength(bottom) - bitLength(top));
  const shifted = top << BigInt(shift);
  const whole = shifted / bottom;
  // What is left over can only decide a tie.
  const exact = (whole << 1n) | (whole * bottom === shifted ? 0n : 1n);
  return rounded(isNegative, exact, exponent - shift - 1, precision);
}

/** To the nearest of so many bits, to an even one between two. */
function rounded(isNegative: boolean, magnitude: bigint, exponent: number, precision: number): BigFloat {
  if (magnitude === 0n) return { isNegative, magnitude, exponent: 0, precision };
  const excess = bitLength(magnitude) - precision;
  let [kept, place] = [magnitude, exponent];
  if (excess > 0) {
    const bits = BigInt(excess);
    kept = magnitude >> bits;
    place += excess;
    const [rest, half] = [magnitude & ((1n << bits) - 1n), 1n << (bits - 1n)];
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  }
  const zeros = trailingZeros(kept);
  if (Math.abs(place + zeros) > MAX_EXPONENT) throw new RangeError(`a number of over ${MAX_DECIMAL_EXPONENT} places`);
  return { isNegative, magnitude: kept >> BigInt(zeros), exponent: place + zeros, precision };
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return value === 0n ? 0 : hex.length * 4 - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

function trailingZeros(value: bigint): number {
  let low = value & 0xffff_ffffn;
  if (low !== 0n) return countZeros(low);
  // From its digits: shifting a number of many bits again and again would take time in the square of them.
  const hex = value.toString(16);
  const kept = trimDigits(hex, "0");
  low = BigInt(`0x${kept.slice(-8)}`);
  return (hex.length - kept.length) * 4 + countZeros(low);
}

/** Of a number of 32 bits that is not zero. */
function countZeros(low: bigint): number {
  const value = Number(low);
  return 31 - Math.clz32(value & -value);
}
