import { BuiltinError } from "../builtin.ts";

/** An instant, and how far from UTC it is written. */
export interface CertificateTime {
  readonly nanoseconds: bigint;
  readonly offsetMinutes: number;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(Z|[+-]\d{4})$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?(Z|[+-]\d{4})$/;

/**
 * UTCTime with or without seconds, and zone offsets, which RFC 5280 has not but Go reads; only texts that print again as
 * they are. Two digits are years from 1950 to 2049.
 *
 * @see RFC 5280, section 4.1.2.5.1
 */
export function parseUtcTime(content: Buffer): CertificateTime | undefined {
  const match = UTC_TIME.exec(content.toString("latin1"));
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = "0", zone = ""] = match;
  const century = Number(year) < 50 ? 2000 : 1900;
  return timeOf([century + Number(year), ...[month, day, hour, minute, second].map(Number)], "", zone);
}

/** GeneralizedTime; with a fraction only where `fractions` are read, and then without zeros at its end. */
export function parseGeneralizedTime(
  content: Buffer,
  { fractions }: { fractions: boolean },
): CertificateTime | undefined {
  const match = GENERALIZED_TIME.exec(content.toString("latin1"));
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone = ""] = match;
  if (fraction !== "" && !fractions) return undefined;
  return timeOf([year, month, day, hour, minute, second].map(Number), fraction, zone);
}

function timeOf(fields: readonly number[], fraction: string, zone: string): CertificateTime | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const offsetMinutes = zoneOffset(zone);
  if (offsetMinutes === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const seconds = BigInt(date.getTime() / 1000 - offsetMinutes * 60);
  return { nanoseconds: seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")), offsetMinutes };
}

function zoneOffset(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))];
  // An offset of nothing prints as Z, and 60 minutes as an hour.
  if (hours > 24 || minutes > 59 || hours + minutes === 0) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * As Go prints a time in JSON (RFC 3339).
 *
 * @throws BuiltinError for a year of more than four digits, and for an offset of 24 hours
 */
export function printTime({ nanoseconds, offsetMinutes }: CertificateTime): string {
  const local = nanoseconds + BigInt(offsetMinutes) * 60_000_000_000n;
  const fraction = ((local % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((local - fraction) / 1_000_000n));
  const minutes = Math.abs(offsetMinutes);
  if (date.getUTCFullYear() < 0 || date.getUTCFullYear() > 9999 || minutes >= 24 * 60) {
    throw new BuiltinError("Time.MarshalJSON: year or zone outside of the range");
  }
  const digits = fraction === 0n ? "" : `.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const sign = offsetMinutes < 0 ? "-" : "+";
  const zone = offsetMinutes === 0 ? "Z" : `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return date.toISOString().slice(0, 19) + digits + zone;
}
