import { isRegoArray, RegoDecimal } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { daysIn, fromUnixSeconds, toUnixDays, weekdayOf } from "./calendar.ts";
import type { CivilTime } from "./calendar.ts";
import { parseDuration } from "./duration.ts";
import { checkInt64, exactInteger, integerOperand, stringOperand } from "../operands.ts";
import { formatTime } from "./time-format.ts";
import { NAMED_LAYOUTS, RFC3339_NANO_LAYOUT, WEEKDAYS } from "./time-layout.ts";
import { parseRfc3339, parseTime } from "./time-parse.ts";
import { findZone, toInstant } from "./zone.ts";
import type { Zone } from "./zone.ts";

const NANOSECONDS = 1_000_000_000n;
/** Beyond, Go's own arithmetic of years overflows. */
const MAX_SHIFT = 10n ** 11n;
/** Days from 1970 that leave 64-bit nanoseconds in every zone. */
const MAX_DAYS = 200_000;

interface Instant {
  readonly nanoseconds: bigint;
  readonly seconds: number;
  readonly zone: Zone;
  readonly layout: string;
}

/** `ns`, `[ns, zone]` or `[ns, zone, layout]`. */
function instantOperand(operands: readonly RegoValue[], position: number): Instant {
  const value = operands[position - 1];
  const [ns, zoneName = "", layout = ""] = value !== undefined && isRegoArray(value) ? value : [value];
  if (typeof ns !== "bigint" && !(ns instanceof RegoDecimal)) throw new BuiltinError("operand 1 must be number (ns)");
  if (typeof zoneName !== "string" || typeof layout !== "string") throw new BuiltinError("operand 1 must be string");
  const zone = findZone(zoneName);
  const nanoseconds = exactInteger(ns);
  if (nanoseconds === undefined) throw new BuiltinError("timestamp too big");
  checkInt64(nanoseconds);
  return { nanoseconds, seconds: Number((nanoseconds - positiveRemainder(nanoseconds)) / NANOSECONDS), zone, layout };
}

function positiveRemainder(nanoseconds: bigint): bigint {
  return ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
}

function civilOf({ seconds, zone }: Instant): CivilTime {
  return fromUnixSeconds(seconds + zone.periodAt(seconds).offset);
}

function format(operands: readonly RegoValue[]): string {
  const instant = instantOperand(operands, 1);
  const { seconds, zone, nanoseconds } = instant;
  const layout = instant.layout === "" ? RFC3339_NANO_LAYOUT : (NAMED_LAYOUTS.get(instant.layout) ?? instant.layout);
  const period = zone.periodAt(seconds);
  return formatTime({ seconds, nanoseconds: Number(positiveRemainder(nanoseconds)), ...period }, layout);
}

function addDate(operands: readonly RegoValue[]): bigint {
  const instant = instantOperand(operands, 1);
  const [years, months, days] = [2, 3, 4].map((position) => shiftOperand(operands, position));
  const civil = civilOf(instant);
  const date = {
    year: civil.year + (years ?? 0),
    month: civil.month + (months ?? 0),
    day: civil.day + (days ?? 0),
  };
  if (Math.abs(toUnixDays(date)) > MAX_DAYS) throw new BuiltinError("time outside of valid range");
  const shifted = toInstant({ ...civil, ...date }, instant.zone);
  return checkInt64(BigInt(shifted) * NANOSECONDS + positiveRemainder(instant.nanoseconds));
}

function shiftOperand(operands: readonly RegoValue[], position: number): number {
  const value = integerOperand(operands, position);
  if (value > MAX_SHIFT || value < -MAX_SHIFT) throw new RangeError("time.add_date: a shift beyond 10^11");
  return Number(value);
}

/** Years, months, days, hours, minutes and seconds between two instants, as the first one's zone shows them. */
function diff(operands: readonly RegoValue[]): RegoValue {
  const first = instantOperand(operands, 1);
  const second = { ...instantOperand(operands, 2), zone: first.zone };
  const swapped = first.nanoseconds > second.nanoseconds;
  const start = civilOf(swapped ? second : first);
  const end = civilOf(swapped ? first : second);
  const parts = [
    end.year - start.year,
    end.month - start.month,
    end.day - start.day,
    end.hour - start.hour,
    end.minute - start.minute,
    end.second - start.second,
  ];
  const radix = [Infinity, 12, daysIn(start.year, start.month), 24, 60, 60];
  for (let index = parts.length - 1; index > 0; index--) {
    if ((parts[index] ?? 0) >= 0) continue;
    parts[index] = (parts[index] ?? 0) + (radix[index] ?? 0);
    parts[index - 1] = (parts[index - 1] ?? 0) - 1;
  }
  return parts.map(BigInt);
}

/** OPA's `time.*`, exact to the nanosecond, in the semantics of Go's time package. */
export const TIME_BUILTINS: BuiltinFamily = {
  "time.now_ns": (_operands, context) => context.now(),
  "time.parse_rfc3339_ns": (operands) => parseRfc3339(stringOperand(operands, 1)),
  "time.parse_ns": (operands) => {
    const layout = stringOperand(operands, 1);
    return parseTime(NAMED_LAYOUTS.get(layout) ?? layout, stringOperand(operands, 2));
  },
  "time.parse_duration_ns": (operands) => parseDuration(stringOperand(operands, 1)),
  "time.format": format,
  "time.date": (operands) => {
    const { year, month, day } = civilOf(instantOperand(operands, 1));
    return [BigInt(year), BigInt(month), BigInt(day)];
  },
  "time.clock": (operands) => {
    const { hour, minute, second } = civilOf(instantOperand(operands, 1));
    return [BigInt(hour), BigInt(minute), BigInt(second)];
  },
  "time.weekday": (operands) => {
    const { seconds, zone } = instantOperand(operands, 1);
    return WEEKDAYS[weekdayOf(seconds + zone.periodAt(seconds).offset)] ?? "";
  },
  "time.add_date": addDate,
  "time.diff": diff,
};
