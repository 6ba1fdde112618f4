/**
 * A binary floating-point number of 64 bits unless said otherwise: `mantissa` times two to the `exponent`. Go's big.Float, as OPA computes
 * with numbers that are not both integers.
 *
 * @see https://pkg.go.dev/math/big#Float
 */
export interface BigFloat {
  /** Signed, odd unless zero. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Bits of a mantissa: of most computations, and of those that begin with a double. */
export const PRECISION = Object.freeze({ usual: 64, double: 53 } as const);
const ZERO: BigFloat = { mantissa: 0n, exponent: 0 };
/** Beyond 10 to this power a number takes longer to convert than any decision may. */
const MAX_DECIMAL_EXPONENT = 20_000;
/** Bits of a quotient beyond those that are kept: one more says whether anything is left. */
const GUARD_BITS = 2;
const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/;

/** @throws RangeError beyond 10^20000, which OPA would spend minutes on */
export function parseBigFloat(text: string): BigFloat {
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = DECIMAL.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  const power = Number(exponentText) - fraction.length;
  if (digits === 0n) return ZERO;
  if (Math.abs(power) > MAX_DECIMAL_EXPONENT) throw new RangeError(`a number of over ${MAX_DECIMAL_EXPONENT} places`);
  const signed = sign === "-" ? -digits : digits;
  if (power >= 0) return rounded(signed * 10n ** BigInt(power), 0);
  return quotient(signed, 10n ** BigInt(-power), 0);
}

export function fromInteger(value: bigint): BigFloat {
  return rounded(value, 0);
}

export function add(left: BigFloat, right: BigFloat): BigFloat {
  const exponent = Math.min(left.exponent, right.exponent);
  return rounded(scaled(left, exponent) + scaled(right, exponent), exponent);
}

export function subtract(left: BigFloat, right: BigFloat): BigFloat {
  return add(left, { mantissa: -right.mantissa, exponent: right.exponent });
}

export function multiply(left: BigFloat, right: BigFloat, precision: number = PRECISION.usual): BigFloat {
  return rounded(left.mantissa * right.mantissa, left.exponent + right.exponent, precision);
}

/** The divisor is not zero. */
export function divide(left: BigFloat, right: BigFloat): BigFloat {
  return quotient(left.mantissa, right.mantissa, left.exponent - right.exponent);
}

/** Towards zero. */
export function truncate({ mantissa, exponent }: BigFloat): bigint {
  if (exponent >= 0) return mantissa << BigInt(exponent);
  const magnitude = absolute(mantissa) >> BigInt(-exponent);
  return mantissa < 0n ? -magnitude : magnitude;
}

function scaled({ mantissa, exponent }: BigFloat, to: number): bigint {
  return mantissa << BigInt(exponent - to);
}

function quotient(dividend: bigint, divisor: bigint, exponent: number): BigFloat {
  const [top, bottom] = [absolute(dividend), absolute(divisor)];
  const shift = Math.max(0, PRECISION.usual + GUARD_BITS + bitLength(bottom) - bitLength(top));
  const shifted = top << BigInt(shift);
  const whole = shifted / bottom;
  // What is left over can only decide a tie.
  const exact = (whole << 1n) | (whole * bottom === shifted ? 0n : 1n);
  const isNegative = dividend < 0n !== divisor < 0n;
  return rounded(isNegative ? -exact : exact, exponent - shift - 1);
}

/** To the nearest of so many bits, to an even one between two. */
function rounded(mantissa: bigint, exponent: number, precision: number = PRECISION.usual): BigFloat {
  if (mantissa === 0n) return ZERO;
  const magnitude = absolute(mantissa);
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
  kept >>= BigInt(zeros);
  return { mantissa: mantissa < 0n ? -kept : kept, exponent: place + zeros };
}

/**
 * The fewest digits that read back as the same number, as Go's `Text` prints them: `f` for an integer, else `g`.
 *
 * @see https://pkg.go.dev/math/big#Float.Text
 */
export function formatBigFloat(value: BigFloat, precision: number = PRECISION.usual): string {
  const { mantissa, exponent } = value;
  if (exponent >= 0 || mantissa === 0n) return integerText(value, precision);
  const sign = mantissa < 0n ? "-" : "";
  const { digits, point } = shortestDigits(absolute(mantissa), exponent, precision);
  const power = point - 1;
  if (power < -4 || power >= SHORTEST_G_DIGITS) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const places = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${digits.charAt(0)}${rest}e${power < 0 ? "-" : "+"}${places}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const SHORTEST_G_DIGITS = 6;

/** Digits that say nothing are zeros. */
function integerText({ mantissa, exponent }: BigFloat, precision: number): string {
  if (mantissa === 0n) return "0";
  const { digits, point } = shortestDigits(absolute(mantissa), exponent, precision);
  return `${mantissa < 0n ? "-" : ""}${digits.padEnd(point, "0")}`;
}

interface Digits {
  readonly digits: string;
  /** Places before the point. */
  readonly point: number;
}

/** The shortest decimal within half a unit of the last bit; nearest to the number among those. */
function shortestDigits(magnitude: bigint, exponent: number, precision: number): Digits {
  const missing = precision - bitLength(magnitude);
  const full = magnitude << BigInt(missing);
  const place = exponent - missing;
  // Twice the number and its neighbours' midpoints, over a common denominator of powers of two.
  const isPower = (full & (full - 1n)) === 0n;
  const numerator = full << 2n;
  const [low, high] = [numerator - (isPower ? 1n : 2n), numerator + 2n];
  const scale = place - 2;
  const top = scale >= 0 ? 1n << BigInt(scale) : 1n;
  const bottom = scale >= 0 ? 1n : 1n << BigInt(-scale);
  return pickDigits({ exact: numerator * top, low: low * top, high: high * top, bottom, isEven: (full & 1n) === 0n });
}

interface Interval {
  readonly exact: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly bottom: bigint;
  /** The ends belong to it. */
  readonly isEven: boolean;
}

/** Tries ever more digits until one decimal lies within. */
function pickDigits({ exact, low, high, bottom, isEven }: Interval): Digits {
  const point = decimalPoint(exact, bottom);
  for (let count = 1; ; count++) {
    const power = count - point;
    const [up, down] = power >= 0 ? [10n ** BigInt(power), 1n] : [1n, 10n ** BigInt(-power)];
    const [numerator, denominator] = [exact * up, bottom * down];
    const floor = numerator / denominator;
    const isAbove = (candidate: bigint): boolean => {
      const [left, right] = [candidate * denominator, low * up];
      return isEven ? left >= right : left > right;
    };
    const isBelow = (candidate: bigint): boolean => {
      const [left, right] = [candidate * denominator, high * up];
      return isEven ? left <= right : left < right;
    };
    const twice = (numerator - floor * denominator) * 2n;
    const isCloserToFloor = twice < denominator || (twice === denominator && (floor & 1n) === 0n);
    const candidates = isCloserToFloor ? [floor, floor + 1n] : [floor + 1n, floor];
    const found = candidates.find((candidate) => candidate > 0n && isAbove(candidate) && isBelow(candidate));
    if (found === undefined) continue;
    const digits = String(found);
    return { digits: digits.replace(/0+$/, ""), point: point + digits.length - count };
  }
}

/** Places before the point of a fraction. */
function decimalPoint(numerator: bigint, denominator: bigint): number {
  let point = Math.floor((bitLength(numerator) - bitLength(denominator)) * Math.LOG10E * Math.LN2);
  const isAtLeast = (power: number): boolean =>
    power >= 0 ? numerator >= denominator * 10n ** BigInt(power) : numerator * 10n ** BigInt(-power) >= denominator;
  while (isAtLeast(point)) point++;
  while (!isAtLeast(point - 1)) point--;
  return point;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return value === 0n ? 0 : hex.length * 4 - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

function trailingZeros(value: bigint): number {
  let zeros = 0;
  for (let rest = value; (rest & 0xffn) === 0n && rest !== 0n; rest >>= 8n) zeros += 8;
  for (let rest = value >> BigInt(zeros); (rest & 1n) === 0n && rest !== 0n; rest >>= 1n) zeros += 1;
  return zeros;
}
