/** A number by its decimal digits: `units` of the last of so many decimal places. Adding and comparing are exact. */
export interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

/** More places than a threshold that somebody wrote has. */
const MAX_PLACES = 20;

/** The digits that the number prints with; undefined for those with more places than a threshold has. */
export function toDecimal(value: number): Decimal | undefined {
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const places = fraction.length - Number(exponent);
  if (places > MAX_PLACES || places < -MAX_PLACES) return undefined;
  const units = BigInt(`${whole}${fraction}`);
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places };
}

/** The double nearest to the digits; never -0. */
export function fromDecimal({ units, places }: Decimal): number {
  return Number(`${units}e-${places}`) + 0;
}

/** The same number counted in units of more places. */
export function unitsAt({ units, places }: Decimal, wanted: number): bigint {
  return units * 10n ** BigInt(wanted - places);
}

/** The number so many hundredths of it, exactly. */
export function percentOf(value: number, percent: number): number | undefined {
  const [left, right] = [toDecimal(value), toDecimal(percent)];
  if (left === undefined || right === undefined) return undefined;
  return fromDecimal({ units: left.units * right.units, places: left.places + right.places + 2 });
}

/** Whether one number is a whole multiple of the other by its decimal digits, as 0.3 is of 0.1. */
export function isMultiple(value: number, of: number): boolean {
  const [left, right] = [toDecimal(value), toDecimal(of)];
  if (left === undefined || right === undefined || right.units === 0n) return false;
  const places = Math.max(left.places, right.places);
  return unitsAt(left, places) % unitsAt(right, places) === 0n;
}

/**
 * The number and those beside it: one more and one less, one step of its last decimal place either way, and a tenth of
 * that step. Around 0.02: 0.01, 0.03, 0.019, 0.021, 1.02, -0.98.
 */
export function neighboursOf(value: number): readonly number[] {
  const decimal = toDecimal(value);
  if (decimal === undefined) return [value];
  const { units, places } = decimal;
  const one = 10n ** BigInt(places);
  const near = [units, units + one, units - one, units + 1n, units - 1n].map((moved) => ({ units: moved, places }));
  const nearer = [units * 10n + 1n, units * 10n - 1n].map((moved) => ({ units: moved, places: places + 1 }));
  return [...new Set([...near, ...nearer].map(fromDecimal))].filter(Number.isFinite);
}
