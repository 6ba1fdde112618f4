const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const LONG_DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";

/** The three forms that a recipient must read (RFC 9110, 5.6.7): IMF-fixdate, RFC 850 and asctime. */
const FORMS = [
  new RegExp(`^(?<day>${DAYS.join("|")}), (?<date>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^(?<day>${LONG_DAYS.join("|")}), (?<date>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`),
  new RegExp(`^(?<day>${DAYS.join("|")}) ${MONTH} (?<date>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`),
];

const FIFTY_YEARS = 50;

/**
 * The milliseconds since 1970 of an HTTP date, or undefined for anything else: other formats that `Date.parse` takes,
 * days that do not exist, a weekday that is not the date's.
 * @param nowMs decides the century of a two-digit year: never more than 50 years ahead
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of FORMS) {
    const fields = form.exec(text)?.groups;
    if (fields !== undefined) return toTime(fields, nowMs);
  }
  return undefined;
}

/** An IMF-fixdate, in whole seconds downwards. */
export function formatHttpDate(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1000) * 1000).toUTCString();
}

function toTime(fields: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const month = MONTHS.findIndex((name) => name === fields["month"]);
  const [date, hour, minute, second] = ["date", "hour", "minute", "second"].map((name) => Number(fields[name]));
  const year = toYear(fields["year"] ?? "", nowMs);
  if (date === undefined || hour === undefined || minute === undefined || second === undefined) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const time = new Date(0);
  time.setUTCFullYear(year, month, date);
  if (time.getUTCDate() !== date || time.getUTCMonth() !== month) return undefined;
  if (!(fields["day"] ?? "").startsWith(DAYS[time.getUTCDay()] ?? "?")) return undefined;
  // A leap second counts as the one before it: Date knows none.
  return time.setUTCHours(hour, minute, Math.min(second, 59));
}

function toYear(text: string, nowMs: number): number {
  if (text.length === 4) return Number(text);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(text);
  return year > thisYear + FIFTY_YEARS ? year - 100 : year;
}
