import { trimDigits } from "../../values/digits.ts";
import type { BigFloat } from "./big-float.ts";

/** Digits without zeros at the end, and where the point stands: behind so many of them. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** From this power of ten on, and below 10^-4, a fraction is written with an exponent. */
const FIRST_EXPONENT = 6;
const LEAST_EXPONENT = -4;
const EXPONENT_DIGITS = 2;

/**
 * Digits that read back as the same number, as few as Go takes: `f` for an integer, else `g`.
 *
 * @see https://pkg.go.dev/math/big#Float.Text
 */
export function formatBigFloat(value: BigFloat): string {
  const sign = value.isNegative ? "-" : "";
  if (value.magnitude === 0n) return `${sign}0`;
  const decimal = shortest(value);
  return sign + (value.exponent >= 0 ? decimal.digits.padEnd(decimal.point, "0") : fractionText(decimal));
}

function fractionText({ digits, point }: Decimal): string {
  const power = point - 1;
  if (power < LEAST_EXPONENT || power >= FIRST_EXPONENT) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${digits.charAt(0)}${rest}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(EXPONENT_DIGITS, "0")}`;
  }
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  return digits.length > point ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits.padEnd(point, "0");
}

/**
 * Go's roundShortest: digit by digit until the number stands apart from the middles between it and its neighbours. It is
 * not always the shortest decimal, nor the nearest of its length, so that no other algorithm can take its place.
 */
function shortest({ magnitude, exponent, precision }: BigFloat): Decimal {
  const exact = toDecimal(magnitude, exponent);
  const spare = BigInt(precision + 1 - magnitude.toString(2).length);
  const place = exponent - Number(spare);
  // The last bit is half of a unit in the last place.
  const halves = magnitude << spare;
  const [lower, upper] = [toDecimal(halves - 1n, place), toDecimal(halves + 1n, place)];
  const isInclusive = (halves & 2n) === 0n;
  for (let index = 0; index < exact.digits.length; index++) {
    const [low, digit, high] = [digitAt(lower, index), digitAt(exact, index), digitAt(upper, index)];
    const mayTruncate = low !== digit || (isInclusive && index + 1 === lower.digits.length);
    const mayRaise = digit !== high && (isInclusive || digit + 1 < high || index + 1 < upper.digits.length);
    const isUp = mayRaise && (!mayTruncate || isNearerAbove(exact, index + 1));
    if (mayTruncate || mayRaise) return isUp ? raised(exact, index + 1) : truncated(exact, index + 1);
  }
  return exact;
}

function toDecimal(magnitude: bigint, exponent: number): Decimal {
  const digits = String(exponent >= 0 ? magnitude << BigInt(exponent) : magnitude * 5n ** BigInt(-exponent));
  return { digits: trimDigits(digits, "0"), point: digits.length + Math.min(exponent, 0) };
}

function digitAt({ digits }: Decimal, index: number): number {
  return index < digits.length ? digits.charCodeAt(index) - 0x30 : 0;
}

/** Halfway, the even digit counts. */
function isNearerAbove(decimal: Decimal, count: number): boolean {
  const next = digitAt(decimal, count);
  if (next === 5 && count + 1 === decimal.digits.length) return digitAt(decimal, count - 1) % 2 === 1;
  return next >= 5;
}

function truncated({ digits, point }: Decimal, count: number): Decimal {
  return { digits: trimDigits(digits.slice(0, count), "0"), point };
}

function raised({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  const kept = trimDigits(digits.slice(0, count), "9");
  if (kept === "") return { digits: "1", point: point + 1 };
  return { digits: kept.slice(0, -1) + String(Number(kept.slice(-1)) + 1), point };
}
