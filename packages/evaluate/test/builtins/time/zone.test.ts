import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { findZone, zoneNames } from "../../../src/builtins/time/zone.ts";
import { parseRule } from "../../../src/builtins/time/zone-rule.ts";

const at = (text: string): number => Date.parse(text) / 1000;

describe("findZone", () => {
  it("reads every zone of the database", () => {
    expect(zoneNames()).toHaveLength(598);
    for (const name of zoneNames()) {
      const { offset, abbreviation } = findZone(name).periodAt(at("2040-07-01T00:00:00Z"));
      expect(Math.abs(offset)).toBeLessThanOrEqual(14 * 3600);
      expect(abbreviation).toMatch(/^[A-Z]{3,4}$|^[+-][0-9]{2,4}$/i);
    }
  });

  it("tells the last second before a change from the first behind it", () => {
    const zone = findZone("Europe/Berlin");
    const change = at("2026-03-29T01:00:00Z");
    expect(zone.periodAt(change - 1)).toMatchObject({ abbreviation: "CET", offset: 3600 });
    expect(zone.periodAt(change)).toMatchObject({ abbreviation: "CEST", offset: 7200 });
  });

  it.each(["europe/berlin", "Nowhere", "+01:00", "../UTC", "Europe/Berlin "])("throws BuiltinError for %j", (name) => {
    expect(() => findZone(name)).toThrow(BuiltinError);
  });
});

describe("parseRule", () => {
  it.each([
    ["UTC0", "2100-01-01T00:00:00Z", "UTC", 0],
    ["<+0330>-3:30", "2100-01-01T00:00:00Z", "+0330", 12_600],
    ["EST5EDT,M3.2.0,M11.1.0", "2100-03-14T06:59:59Z", "EST", -18_000],
    ["EST5EDT,M3.2.0,M11.1.0", "2100-03-14T07:00:00Z", "EDT", -14_400],
    ["EST5EDT,M3.2.0,M11.1.0", "2100-11-07T06:00:00Z", "EST", -18_000],
    ["NZST-12NZDT,M9.5.0,M4.1.0/3", "2100-01-01T00:00:00Z", "NZDT", 46_800],
    ["NZST-12NZDT,M9.5.0,M4.1.0/3", "2100-07-01T00:00:00Z", "NZST", 43_200],
    ["<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2100-03-28T01:00:00Z", "-01", -3600],
    ["A0B,J60,J300", "2096-03-01T02:00:00Z", "B", 3600],
    ["A0B,J60,J300", "2096-03-01T01:59:59Z", "A", 0],
    ["A0B,60,300", "2096-03-01T02:00:00Z", "B", 3600],
    ["A0B,60,300", "2097-03-01T02:00:00Z", "A", 0],
  ])("%s at %s is %s", (rule, time, abbreviation, offset) => {
    expect(parseRule(rule)(at(time))).toEqual({ abbreviation, offset });
  });

  it.each(["", "EST", "EST5EDT,M3.2.0", "EST5EDT,M3.2,M11.1.0"])("throws TypeError for %j", (rule) => {
    expect(() => parseRule(rule)(0)).toThrow(TypeError);
  });
});
