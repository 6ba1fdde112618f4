import { BuiltinError } from "../builtin.ts";

const HOUR = 3_600_000_000_000n;
const LIMIT = 2n ** 63n;

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1000n],
  ["µs", 1000n],
  ["μs", 1000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", HOUR],
]);

/** OPA's own units, in hours; a month is none of them. */
const LONG_UNITS: ReadonlyMap<string, number> = new Map([
  ["d", 24],
  ["w", 7 * 24],
  ["y", 365 * 24],
]);

const SEGMENT = /([0-9]*)(?:(\.)([0-9]*))?([^.0-9]+)/y;
const LONG_SEGMENT = /([0-9.]+)(ms|us|µs|ns|[a-z])/y;

/**
 * Go's time.ParseDuration, plus OPA's days, weeks and years, in nanoseconds.
 *
 * @throws BuiltinError when it is no duration, or does not fit 64 bits
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): bigint {
  return parseGoDuration(/[dwy]/.test(text) ? replaceLongUnits(text) : text);
}

function parseGoDuration(text: string): bigint {
  const isNegative = text.startsWith("-");
  const unsigned = /^[-+]/.test(text) ? text.slice(1) : text;
  if (unsigned === "0") return 0n;
  let total = 0n;
  for (const match of segmentsOf(unsigned, SEGMENT)) {
    total += segmentNanoseconds(match);
    if (total > LIMIT) throw badDuration(text);
  }
  if (isNegative) return -total;
  if (total === LIMIT) throw badDuration(text);
  return total;
}

function segmentNanoseconds([text, whole = "", , fraction = "", unitName = ""]: RegExpExecArray): bigint {
  const unit = UNITS.get(unitName);
  if (unit === undefined || (whole === "" && fraction === "")) throw badDuration(text);
  const nanoseconds = BigInt(whole) * unit;
  if (nanoseconds > LIMIT) throw badDuration(text);
  return nanoseconds + fractionNanoseconds(fraction, unit);
}

/** As Go computes it: in doubles, with the digits that an int64 takes, cut off at the nanosecond. */
function fractionNanoseconds(fraction: string, unit: bigint): bigint {
  let digits = 0n;
  let scale = 1;
  for (const digit of fraction) {
    if (digits > (LIMIT - 1n) / 10n) break;
    digits = digits * 10n + BigInt(digit);
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(digits) * (Number(unit) / scale)));
}

function replaceLongUnits(text: string): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? "";
  const segments = segmentsOf(text.slice(sign.length), LONG_SEGMENT).map(([, digits = "", unit = ""]) => {
    const hours = LONG_UNITS.get(unit);
    return hours === undefined ? digits + unit : `${hoursText(digits, hours)}h`;
  });
  return sign + segments.join("");
}

function hoursText(digits: string, hours: number): string {
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(digits)) throw badDuration(digits);
  const product = Number(digits) * hours;
  // Beyond 10^21 the text has an exponent, and the duration would not fit anyway.
  if (product >= 1e20) throw badDuration(digits);
  return plainText(product);
}

function plainText(value: number): string {
  const text = String(value);
  const match = /^([0-9])\.?([0-9]*)e-([0-9]+)$/.exec(text);
  if (match === null) return text;
  const [, first = "", rest = "", places = ""] = match;
  return `0.${"0".repeat(Number(places) - 1)}${first}${rest}`;
}

/** The whole text as a row of segments, at least one. */
function segmentsOf(text: string, pattern: RegExp): RegExpExecArray[] {
  const segments: RegExpExecArray[] = [];
  for (let position = 0; position < text.length; position = pattern.lastIndex) {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match === null) throw badDuration(text);
    segments.push(match);
  }
  if (segments.length === 0) throw badDuration(text);
  return segments;
}

function badDuration(text: string): BuiltinError {
  return new BuiltinError(`invalid duration ${JSON.stringify(text.slice(0, 100))}`);
}
