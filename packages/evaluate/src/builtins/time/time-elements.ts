import { BuiltinError } from "../builtin.ts";
import { isFraction, MONTHS, WEEKDAYS } from "./time-layout.ts";
import type { Cursor, ParsedTime } from "./time-parse.ts";

/** Reads one element of a layout from the front of the value. `next` is the element that follows in the layout. */
export function readElement(cursor: Cursor, element: string, next: string, time: ParsedTime): void {
  if (isFraction(element)) readFraction(cursor, element, time);
  else if (element.startsWith("-") || element.startsWith("Z")) readOffset(cursor, element, time);
  else if (element === "MST") readAbbreviation(cursor, time);
  else if (!readDate(cursor, element, time)) readClock(cursor, element, next, time);
}

function readDate(cursor: Cursor, element: string, time: ParsedTime): boolean {
  switch (element) {
    case "2006":
      time.year = Number(take(cursor, /^[0-9]{4}/));
      return true;
    case "06":
      time.year = twoDigitYear(cursor);
      return true;
    case "January":
    case "Jan":
      time.month = readName(cursor, MONTHS, element.length) + 1;
      return true;
    case "1":
    case "01":
      time.month = inRange(readNumber(cursor, element === "01"), 1, 12);
      return true;
    case "Monday":
    case "Mon":
      readName(cursor, WEEKDAYS, element.length);
      return true;
    case "2":
    case "_2":
    case "02":
      if (element === "_2") dropSpaces(cursor, 1);
      time.day = readNumber(cursor, element === "02");
      return true;
    case "__2":
    case "002":
      if (element === "__2") dropSpaces(cursor, 2);
      time.yearDay = Number(take(cursor, element === "002" ? /^[0-9]{3}/ : /^[0-9]{1,3}/));
      return true;
    default:
      return false;
  }
}

function readClock(cursor: Cursor, element: string, next: string, time: ParsedTime): void {
  switch (element) {
    case "15":
      time.hour = inRange(readNumber(cursor, false), 0, 23);
      return;
    case "3":
    case "03":
      time.hour = inRange(readNumber(cursor, element === "03"), 0, 12);
      return;
    case "4":
    case "04":
      time.minute = inRange(readNumber(cursor, element === "04"), 0, 59);
      return;
    case "5":
    case "05":
      time.second = inRange(readNumber(cursor, element === "05"), 0, 59);
      // A value may carry a fraction that its layout does not mention.
      if (!isFraction(next) && /^[.,][0-9]/.test(cursor.rest)) readDigits(cursor, time);
      return;
    default:
      readHalfDay(cursor, element, time);
  }
}

function readHalfDay(cursor: Cursor, element: string, time: ParsedTime): void {
  const half = take(cursor, element === "PM" ? /^[AP]M/ : /^[ap]m/).toUpperCase();
  if (half === "PM") time.isAfternoon = true;
  else time.isMorning = true;
}

/** Two places that may hold a sign, from 1969 to 2068. */
function twoDigitYear(cursor: Cursor): number {
  const year = Number(take(cursor, /^(?:[0-9]{2}|[+-][0-9])/));
  return year >= 69 ? year + 1900 : year + 2000;
}

/** Names match without regard to case; the short form is the first three letters. */
function readName(cursor: Cursor, names: readonly string[], elementLength: number): number {
  const isShort = elementLength === 3;
  const index = names.findIndex((name) => {
    const wanted = isShort ? name.slice(0, 3) : name;
    return cursor.rest.slice(0, wanted.length).toLowerCase() === wanted.toLowerCase();
  });
  const name = names[index];
  if (name === undefined) throw new BuiltinError("the time names no month or day");
  cursor.rest = cursor.rest.slice(isShort ? 3 : name.length);
  return index;
}

function readNumber(cursor: Cursor, isFixed: boolean): number {
  return Number(take(cursor, isFixed ? /^[0-9]{2}/ : /^[0-9]{1,2}/));
}

function readFraction(cursor: Cursor, element: string, time: ParsedTime): void {
  if (element.charAt(1) === "9") {
    if (/^[.,][0-9]/.test(cursor.rest)) readDigits(cursor, time);
    return;
  }
  // As many places as the layout has zeros; Go reads a sign in the first of them.
  const text = cursor.rest.slice(0, element.length);
  if (text.length < element.length || !/^[.,](?:\+?[0-9]*|-0*)$/.test(text.slice(0, 10))) {
    throw new BuiltinError("the time has another fraction");
  }
  cursor.rest = cursor.rest.slice(element.length);
  time.nanoseconds = scale(text);
}

function readDigits(cursor: Cursor, time: ParsedTime): void {
  time.nanoseconds = scale(take(cursor, /^[.,][0-9]+/));
}

/** Nanoseconds of `.123`: nine places count, further ones are cut off. */
function scale(text: string): number {
  const places = text.slice(1, 10);
  return Math.abs(Number(places)) * 10 ** (9 - places.length);
}

const OFFSETS: ReadonlyMap<string, RegExp> = new Map([
  ["07", /^([+-])([0-9]{2})/],
  ["0700", /^([+-])([0-9]{2})([0-9]{2})/],
  ["07:00", /^([+-])([0-9]{2}):([0-9]{2})/],
  ["070000", /^([+-])([0-9]{2})([0-9]{2})([0-9]{2})/],
  ["07:00:00", /^([+-])([0-9]{2}):([0-9]{2}):([0-9]{2})/],
]);

function readOffset(cursor: Cursor, element: string, time: ParsedTime): void {
  if (element.startsWith("Z") && cursor.rest.startsWith("Z")) {
    cursor.rest = cursor.rest.slice(1);
    time.isUtc = true;
    return;
  }
  const match = OFFSETS.get(element.slice(1))?.exec(cursor.rest);
  if (match === null || match === undefined) throw new BuiltinError("the time has another zone offset");
  const [text, sign, hours, minutes = "0", seconds = "0"] = match;
  cursor.rest = cursor.rest.slice(text.length);
  // Go lets 24 hours, 60 minutes and 60 seconds pass.
  const hour = inRange(Number(hours), 0, 24);
  const minute = inRange(Number(minutes), 0, 60);
  const offset = (hour * 60 + minute) * 60 + inRange(Number(seconds), 0, 60);
  time.offset = sign === "-" ? -offset : offset;
}

/** What looks like an abbreviation counts as one, known or not. */
const ABBREVIATION =
  /^(?:ChST|MeST|GMT(?:[+-](?:0*(?:1[0-9]|2[0-3]|[0-9]))(?![0-9]))?|[+-]0*(?:1[0-9]|2[0-3]|[0-9])(?![0-9])|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z]))/;

function readAbbreviation(cursor: Cursor, time: ParsedTime): void {
  if (cursor.rest.startsWith("UTC")) {
    cursor.rest = cursor.rest.slice(3);
    time.isUtc = true;
    return;
  }
  take(cursor, ABBREVIATION);
}

function dropSpaces(cursor: Cursor, most: number): void {
  for (let count = 0; count < most && cursor.rest.startsWith(" "); count++) cursor.rest = cursor.rest.slice(1);
}

function inRange(value: number, minimum: number, maximum: number): number {
  if (value < minimum || value > maximum) throw new BuiltinError("a part of the time is out of range");
  return value;
}

function take(cursor: Cursor, pattern: RegExp): string {
  const match = pattern.exec(cursor.rest);
  if (match === null) throw new BuiltinError("the time does not follow its layout");
  cursor.rest = cursor.rest.slice(match[0].length);
  return match[0];
}
