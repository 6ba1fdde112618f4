import { isLeap } from "./calendar.ts";

/** What a zone shows for a while. */
export interface Period {
  readonly abbreviation: string;
  /** Seconds east of UTC. */
  readonly offset: number;
}

/** Which period a zone is in for all time behind its last recorded change. */
export type Rule = (seconds: number) => Period;

/** The second of a year at which clocks change, counted in local time before the change. */
type Change = (year: number) => number;

const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_HOUR = 3600;

const NAME = "(?:<[^>]+>|[A-Za-z]+)";
const TIME = "[+-]?[0-9]+(?::[0-9]+){0,2}";
const RULE = new RegExp(`^(${NAME})(${TIME})(?:(${NAME})(${TIME})?,([^,]+),([^,]+))?$`);
const CHANGE = new RegExp(`^(?:M([0-9]+)\\.([0-9])\\.([0-9])|(J?)([0-9]+))(?:/(${TIME}))?$`);

/** Reads a rule in the form of the variable TZ (POSIX, and RFC 8536 section 3.3.1), such as `EST5EDT,M3.2.0,M11.1.0`. */
export function parseRule(text: string): Rule {
  const match = RULE.exec(text);
  if (match === null) throw new TypeError(`no rule of a time zone: ${text}`);
  const [, name = "", time = "0", otherName, otherTime, start = "", end = ""] = match;
  const standard: Period = { abbreviation: bareName(name), offset: 0 - parseSeconds(time) };
  if (otherName === undefined) return () => standard;
  const summer: Period = {
    abbreviation: bareName(otherName),
    offset: otherTime === undefined ? standard.offset + SECONDS_PER_HOUR : 0 - parseSeconds(otherTime),
  };
  return yearlyRule(standard, summer, parseChange(start), parseChange(end));
}

function yearlyRule(standard: Period, summer: Period, start: Change, end: Change): Rule {
  return (seconds) => {
    const year = new Date(seconds * 1000).getUTCFullYear();
    const second = seconds - Date.UTC(year) / 1000;
    const [from, to] = [start(year) - standard.offset, end(year) - summer.offset];
    // South of the equator a year begins and ends in summer.
    if (to < from) return second >= to && second < from ? standard : summer;
    return second >= from && second < to ? summer : standard;
  };
}

function bareName(name: string): string {
  return name.replace(/^<|>$/g, "");
}

function parseSeconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  const total = (hours * 60 + minutes) * 60 + seconds;
  return text.startsWith("-") ? -total : total;
}

function parseChange(text: string): Change {
  const match = CHANGE.exec(text);
  if (match === null) throw new TypeError(`no change of a time zone's rule: ${text}`);
  const [, month, week, weekday, julian, day, time = "2"] = match;
  const seconds = parseSeconds(time);
  if (month !== undefined) {
    return (year) => dayOfWeek(year, Number(month), Number(week), Number(weekday)) * SECONDS_PER_DAY + seconds;
  }
  // J counts from 1 and never counts a leap day.
  if (julian === "J") {
    return (year) => (Number(day) - 1 + (isLeap(year) && Number(day) >= 60 ? 1 : 0)) * SECONDS_PER_DAY + seconds;
  }
  return () => Number(day) * SECONDS_PER_DAY + seconds;
}

/** Days from the first of January to the first, second, … or, for week 5, last such day of a month. */
function dayOfWeek(year: number, month: number, week: number, weekday: number): number {
  const first = (weekday - new Date(Date.UTC(year, month - 1)).getUTCDay() + 7) % 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = first + (week - 1) * 7;
  while (day >= days) day -= 7;
  return (Date.UTC(year, month - 1) - Date.UTC(year)) / (SECONDS_PER_DAY * 1000) + day;
}
