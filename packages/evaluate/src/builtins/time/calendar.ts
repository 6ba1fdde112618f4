/** The proleptic Gregorian calendar that Go's time package counts in; months run from 1, days of 1970-01-01 from 0. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const SECONDS_PER_DAY = 86_400;
const MILLISECONDS_PER_SECOND = 1000;
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days before the month in a year that is not a leap year. */
export function daysBefore(month: number): number {
  return month > 12 ? 365 : (DAYS_BEFORE[month - 1] ?? 0);
}

/** Seconds since 1970; a month beyond 12 or a day beyond the month's carries over. */
export function toUnixSeconds(time: CivilTime): number {
  return toUnixDays(time) * SECONDS_PER_DAY + time.hour * 3600 + time.minute * 60 + time.second;
}

/** Whole days since 1970; exact for years up to 10^13. */
export function toUnixDays(time: Pick<CivilTime, "year" | "month" | "day">): number {
  const year = time.year + Math.floor((time.month - 1) / 12);
  const month = ((((time.month - 1) % 12) + 12) % 12) + 1;
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const yearDay = daysBefore(month) + (month > 2 && isLeap(year) ? 1 : 0) + time.day - 1;
  // 719 162 days lie between 0001-01-01 and 1970-01-01.
  return before * 365 + leapDays + yearDay - 719_162;
}

export function fromUnixSeconds(seconds: number): CivilTime {
  const date = new Date(seconds * MILLISECONDS_PER_SECOND);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** 0 is Sunday. */
export function weekdayOf(seconds: number): number {
  return new Date(seconds * MILLISECONDS_PER_SECOND).getUTCDay();
}

export function yearDayOf({ year, month, day }: CivilTime): number {
  return daysBefore(month) + (month > 2 && isLeap(year) ? 1 : 0) + day;
}
