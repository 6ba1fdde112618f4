import { brotliDecompressSync } from "node:zlib";

import { BuiltinError } from "../builtin.ts";
import { toUnixSeconds } from "./calendar.ts";
import type { CivilTime } from "./calendar.ts";
import { ZONE_DATA } from "./zone-data.ts";
import { parseRule } from "./zone-rule.ts";
import type { Period, Rule } from "./zone-rule.ts";

/** A time zone: what its clocks show at an instant. */
export interface Zone {
  readonly name: string;
  periodAt(seconds: number): Period;
}

interface Transition {
  readonly start: number;
  readonly period: Period;
}

const UTC_PERIOD: Period = Object.freeze({ abbreviation: "UTC", offset: 0 });
export const UTC: Zone = Object.freeze({ name: "UTC", periodAt: () => UTC_PERIOD });

let texts: ReadonlyMap<string, string> | undefined;
const zones = new Map<string, Zone>();

/**
 * Finds a zone of the IANA database that the pinned OPA carries, whatever the machine's is. `Local` is UTC: the zone of the
 * machine is no part of a decision, and OPA's own container image has none.
 *
 * @throws BuiltinError when there is no such zone
 */
export function findZone(name: string): Zone {
  if (name === "" || name === "UTC" || name === "Local") return UTC;
  texts ??= readTexts();
  const text = texts.get(name);
  if (text === undefined) throw new BuiltinError(`unknown time zone ${name}`);
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = parseZone(name, text)));
  return zone;
}

/** The names of all zones but UTC's synonym Local. */
export function zoneNames(): readonly string[] {
  texts ??= readTexts();
  return [...texts.keys()];
}

/** One line a zone: its names, and what `parseZone` reads. */
function readTexts(): ReadonlyMap<string, string> {
  const lines = brotliDecompressSync(Buffer.from(ZONE_DATA, "base64")).toString("latin1").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const end = line.indexOf("|");
      const text = line.slice(end + 1);
      return line
        .slice(0, end)
        .split(" ")
        .map((name) => [name, text] as const);
    }),
  );
}

function parseZone(name: string, text: string): Zone {
  const [typeText = "", transitionText = "", ruleText = ""] = text.split("|");
  const types = typeText.split(" ").map(parseType);
  const transitions: Transition[] = [];
  const indexes: number[] = [];
  let start = 0;
  for (const item of transitionText === "" ? [] : transitionText.split(" ")) {
    const [seconds = "0", type = "0"] = item.split("/");
    start += Number(seconds);
    transitions.push({ start, period: periodOf(types, Number(type)) });
    indexes.push(Number(type));
  }
  const before = periodOf(types, firstType(types, indexes));
  return createZone(name, before, transitions, ruleText === "" ? undefined : parseRule(ruleText));
}

interface Type extends Period {
  readonly isSummer: boolean;
}

/** `CET/3600s`: abbreviation, offset, and s or d for standard or daylight saving time. */
function parseType(text: string): Type {
  const [abbreviation = "", offset = ""] = text.split("/");
  return { abbreviation, offset: Number(offset.slice(0, -1)), isSummer: offset.endsWith("d") };
}

function periodOf(types: readonly Type[], index: number): Type {
  const type = types[index];
  if (type === undefined) throw new TypeError(`a time zone has no period ${index}`);
  return type;
}

/** What Go shows before the first recorded change: the first type unless a change leads to it. */
function firstType(types: readonly Type[], indexes: readonly number[]): number {
  if (!indexes.includes(0)) return 0;
  const first = indexes[0] ?? 0;
  if (types[first]?.isSummer === true) {
    const standard = types.slice(0, first).findLastIndex(({ isSummer }) => !isSummer);
    if (standard >= 0) return standard;
  }
  return Math.max(
    0,
    types.findIndex(({ isSummer }) => !isSummer),
  );
}

function createZone(name: string, before: Period, transitions: readonly Transition[], rule: Rule | undefined): Zone {
  return {
    name,
    periodAt(seconds) {
      let [low, high] = [0, transitions.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((transitions[middle]?.start ?? 0) <= seconds) low = middle + 1;
        else high = middle;
      }
      // Behind the last change the rule goes on; without any change it holds for all time.
      if (low === transitions.length && rule !== undefined) return rule(seconds);
      return transitions[low - 1]?.period ?? before;
    },
  };
}

/** The instant of a wall clock's time; where the clock skips or repeats, the choice is Go's (time.Date). */
export function toInstant(local: CivilTime, zone: Zone): number {
  const seconds = toUnixSeconds(local);
  const { offset } = zone.periodAt(seconds);
  return offset === 0 ? seconds : seconds - zone.periodAt(seconds - offset).offset;
}
