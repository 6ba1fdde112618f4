const NANOSECONDS = /^-?[0-9]{1,19}$/;
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

const NS_PER_MS = 1_000_000n;
const NS_PER_MINUTE = 60_000n * NS_PER_MS;

/**
 * Nanoseconds since 1970 of a time as people write it (RFC 3339, down to nanoseconds), or of their number itself;
 * undefined for what is neither, no day of the calendar, or beyond 64 bits.
 */
export function parseMoment(text: string): bigint | undefined {
  const moment = NANOSECONDS.test(text) ? BigInt(text) : parseTime(text);
  return moment !== undefined && BigInt.asIntN(64, moment) === moment ? moment : undefined;
}

function parseTime(text: string): bigint | undefined {
  const [, day = "", time = "", fraction = "", sign = "+", hours = "0", minutes = "0"] = RFC_3339.exec(text) ?? [];
  const local = Date.parse(`${day}T${time}Z`);
  // The thirtieth of February is the second of March to Date.parse.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${day}T${time}`)) return undefined;
  const offset = BigInt(`${sign}${Number(hours) * 60 + Number(minutes)}`.replace("+", ""));
  return BigInt(local) * NS_PER_MS + BigInt(fraction.padEnd(9, "0")) - offset * NS_PER_MINUTE;
}
