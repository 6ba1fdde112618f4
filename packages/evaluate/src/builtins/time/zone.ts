import { BuiltinError } from "../builtin.ts";
import { toUnixSeconds } from "./calendar.ts";
import type { CivilTime } from "./calendar.ts";
import { ZONE_NAMES } from "./zone-names.ts";

/** A time zone: how many seconds east of UTC it is at an instant. */
export interface Zone {
  readonly name: string;
  offsetAt(seconds: number): number;
}

export const UTC: Zone = Object.freeze({ name: "UTC", offsetAt: () => 0 });

const zones = new Map<string, Zone>();

/**
 * Finds a zone of the IANA database, with the rules that this Node carries.
 *
 * @throws BuiltinError when there is no such zone
 * @throws Error for `Local`: the zone of the machine is no part of a decision
 */
export function findZone(name: string): Zone {
  if (name === "" || name === "UTC") return UTC;
  if (name === "Local") throw new Error("the zone Local depends on the machine; name a zone such as Europe/Berlin");
  if (!ZONE_NAMES.has(name)) throw new BuiltinError(`unknown time zone ${name}`);
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = createZone(name)));
  return zone;
}

function createZone(name: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: name,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return {
    name,
    offsetAt(seconds) {
      const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]));
      const read = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
      const local = toUnixSeconds({
        year: read("year"),
        month: read("month"),
        day: read("day"),
        hour: read("hour"),
        minute: read("minute"),
        second: read("second"),
      });
      return local - seconds;
    },
  };
}

/** The instant of a wall clock's time; where the clock skips or repeats, the choice is Go's (time.Date). */
export function toInstant(local: CivilTime, zone: Zone): number {
  const seconds = toUnixSeconds(local);
  const offset = zone.offsetAt(seconds);
  return offset === 0 ? seconds : seconds - zone.offsetAt(seconds - offset);
}
