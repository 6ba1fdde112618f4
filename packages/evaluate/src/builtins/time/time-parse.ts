import { daysBefore, daysIn, isLeap, toUnixSeconds } from "./calendar.ts";
import { readElement } from "./time-elements.ts";
import { RFC3339_LAYOUT, splitLayout } from "./time-layout.ts";
import { BuiltinError } from "../builtin.ts";
import { checkInt64 } from "../operands.ts";

/** What the elements of a layout have said so far; -1 stands for "not said", as in Go. */
export interface ParsedTime {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  offset: number;
  isUtc: boolean;
  isMorning: boolean;
  isAfternoon: boolean;
}

/** The rest of the value while it is read. */
export interface Cursor {
  rest: string;
}

/**
 * Go's time.Parse, as nanoseconds since 1970. A zone given by its abbreviation alone shifts nothing, as in Go on a host
 * whose own zone is UTC.
 *
 * @throws BuiltinError when the value does not fit the layout, or the instant does not fit 64 bits (1677 to 2262)
 * @see https://pkg.go.dev/time#Parse
 */
export function parseTime(layout: string, value: string): bigint {
  const cursor: Cursor = { rest: value };
  const time = emptyTime();
  const pieces = splitLayout(layout);
  pieces.forEach(({ prefix, element }, index) => {
    skipPrefix(cursor, prefix);
    if (element !== "") readElement(cursor, element, pieces[index + 1]?.element ?? "", time);
    else if (cursor.rest !== "") throw new BuiltinError("extra text behind the time");
  });
  return toNanoseconds(time);
}

/** time.Parse(time.RFC3339, value): the plain form by its places, whatever else Go takes by its layout. */
export function parseRfc3339(value: string): bigint {
  return parsePlainRfc3339(value) ?? parseTime(RFC3339_LAYOUT, value);
}

const PLAIN_MARKS = /^....-..-..T..:..:..Z$/s;
const PLAIN_RFC3339_LENGTH = "2006-01-02T15:04:05Z".length;

function parsePlainRfc3339(value: string): bigint | undefined {
  if (value.length !== PLAIN_RFC3339_LENGTH) return undefined;
  const year = digits(value, 0) * 100 + digits(value, 2);
  const [month, day] = [digits(value, 5), digits(value, 8)];
  const [hour, minute, second] = [digits(value, 11), digits(value, 14), digits(value, 17)];
  const inRange = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const inDay = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  const marks = PLAIN_MARKS.test(value);
  if (!(inRange && inDay && marks)) return undefined;
  return checkInt64(BigInt(toUnixSeconds({ year, month, day, hour, minute, second })) * 1_000_000_000n);
}

/** NaN where there are not two digits, which fails every comparison. */
function digits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 0x30, text.charCodeAt(at + 1) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function emptyTime(): ParsedTime {
  return {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    offset: -1,
    isUtc: false,
    isMorning: false,
    isAfternoon: false,
  };
}

/** Runs of spaces match runs of spaces. */
function skipPrefix(cursor: Cursor, prefix: string): void {
  let left = prefix;
  while (left !== "") {
    if (left.startsWith(" ")) {
      if (cursor.rest !== "" && !cursor.rest.startsWith(" ")) throw new BuiltinError("the time lacks a space");
      left = left.replace(/^ +/, "");
      cursor.rest = cursor.rest.replace(/^ +/, "");
      continue;
    }
    if (!cursor.rest.startsWith(left.slice(0, 1))) throw new BuiltinError("the time does not follow its layout");
    left = left.slice(1);
    cursor.rest = cursor.rest.slice(1);
  }
}

function toNanoseconds(time: ParsedTime): bigint {
  const { year, minute, second } = time;
  const { month, day } = time.yearDay >= 0 ? fromYearDay(time) : defaultDate(time);
  if (day < 1 || day > daysIn(year, month)) throw new BuiltinError("day out of range");
  let { hour } = time;
  if (time.isAfternoon && hour < 12) hour += 12;
  else if (time.isMorning && hour === 12) hour = 0;
  const seconds = toUnixSeconds({ year, month, day, hour, minute, second });
  const shift = time.isUtc || time.offset === -1 ? 0 : time.offset;
  return checkInt64(BigInt(seconds - shift) * 1_000_000_000n + BigInt(time.nanoseconds));
}

function defaultDate({ month, day }: ParsedTime): { month: number; day: number } {
  return { month: month < 0 ? 1 : month, day: day < 0 ? 1 : day };
}

function fromYearDay(time: ParsedTime): { month: number; day: number } {
  const leap = isLeap(time.year);
  if (time.yearDay < 1 || time.yearDay > (leap ? 366 : 365)) throw new BuiltinError("day-of-year out of range");
  let month = 1;
  while (month < 12 && time.yearDay > daysBefore(month + 1) + (leap && month >= 2 ? 1 : 0)) month++;
  const day = time.yearDay - daysBefore(month) - (leap && month > 2 ? 1 : 0);
  if (time.month >= 0 && time.month !== month) throw new BuiltinError("day-of-year does not match month");
  if (time.day >= 0 && time.day !== day) throw new BuiltinError("day-of-year does not match day");
  return { month, day };
}
