import { fromUnixSeconds, weekdayOf, yearDayOf } from "./calendar.ts";
import type { CivilTime } from "./calendar.ts";
import { isFraction, MONTHS, splitLayout, WEEKDAYS } from "./time-layout.ts";

/** An instant as a zone shows it. */
export interface ZonedTime {
  /** Seconds since 1970, rounded down. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  /** Such as UTC. */
  readonly abbreviation: string;
}

/** Go's Time.Format. */
export function formatTime(time: ZonedTime, layout: string): string {
  const local = time.seconds + time.offset;
  const civil = fromUnixSeconds(local);
  return splitLayout(layout)
    .map(({ prefix, element }) => prefix + formatElement(element, time, civil, weekdayOf(local)))
    .join("");
}

function formatElement(element: string, time: ZonedTime, civil: CivilTime, weekday: number): string {
  if (element === "") return "";
  if (isFraction(element)) return formatFraction(element, time.nanoseconds);
  if (element.startsWith("-") || element.startsWith("Z")) return formatOffset(element, time.offset);
  if (element === "MST") return time.abbreviation;
  return formatDate(element, civil, weekday) ?? formatClock(element, civil);
}

function formatDate(element: string, civil: CivilTime, weekday: number): string | undefined {
  const { year, month, day } = civil;
  const monthName = MONTHS[month - 1] ?? "";
  const dayName = WEEKDAYS[weekday] ?? "";
  switch (element) {
    case "2006":
      return pad(year, 4);
    case "06":
      return pad(year % 100, 2);
    case "January":
      return monthName;
    case "Jan":
      return monthName.slice(0, 3);
    case "1":
      return String(month);
    case "01":
      return pad(month, 2);
    case "Monday":
      return dayName;
    case "Mon":
      return dayName.slice(0, 3);
    case "2":
      return String(day);
    case "_2":
      return String(day).padStart(2);
    case "02":
      return pad(day, 2);
    case "__2":
      return String(yearDayOf(civil)).padStart(3);
    case "002":
      return pad(yearDayOf(civil), 3);
    default:
      return undefined;
  }
}

function formatClock(element: string, { hour, minute, second }: CivilTime): string {
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (element) {
    case "15":
      return pad(hour, 2);
    case "3":
      return String(hour12);
    case "03":
      return pad(hour12, 2);
    case "4":
      return String(minute);
    case "04":
      return pad(minute, 2);
    case "5":
      return String(second);
    case "05":
      return pad(second, 2);
    case "PM":
      return hour >= 12 ? "PM" : "AM";
    default:
      return hour >= 12 ? "pm" : "am";
  }
}

/** Zeros keep their places, nines drop what is zero at the end. */
function formatFraction(element: string, nanoseconds: number): string {
  const separator = element.slice(0, 1);
  const digits = pad(nanoseconds, 9).slice(0, element.length - 1);
  if (element.charAt(1) === "0") return separator + digits;
  const significant = digits.replace(/0+$/, "");
  return significant === "" ? "" : separator + significant;
}

/** `-0700`, `Z07:00` and their kin: Z prints UTC as `Z`. */
function formatOffset(element: string, offset: number): string {
  if (offset === 0 && element.startsWith("Z")) return "Z";
  const minutes = Math.trunc(offset / 60);
  const parts = [pad(Math.trunc(Math.abs(minutes) / 60), 2)];
  if (element.length > 3) parts.push(pad(Math.abs(minutes) % 60, 2));
  if (element.length > 6) {
    // Of an offset between a minute west and UTC, Go shows the sign with the seconds: +00:00:-52.
    const seconds = Math.abs(offset) % 60;
    parts.push((minutes === 0 && offset < 0 ? "-" : "") + pad(seconds, 2));
  }
  return (minutes < 0 ? "-" : "+") + parts.join(element.includes(":") ? ":" : "");
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
