import { describe, expect, it } from "@jest/globals";

import { testContext } from "../../support/builtins.ts";
import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { TIME_BUILTINS } from "../../../src/builtins/time/index.ts";
import { RegoDecimal } from "../../../src/values/values.ts";
import type { RegoValue } from "../../../src/values/values.ts";

const CONTEXT = testContext({ now: 42n });

function call(name: string, ...operands: RegoValue[]): RegoValue {
  const builtin = TIME_BUILTINS[name];
  if (builtin === undefined) throw new Error(`no builtin ${name}`);
  return builtin(operands, CONTEXT);
}

describe("time.now_ns", () => {
  it("returns the decision's time", () => {
    expect(call("time.now_ns")).toBe(42n);
  });
});

describe("time.parse_rfc3339_ns", () => {
  it.each([
    ["1970-01-01T00:00:00Z", 0n],
    ["2026-06-01T12:00:00Z", 1_780_315_200_000_000_000n],
    ["2026-06-01T12:00:00.123456789Z", 1_780_315_200_123_456_789n],
    ["2026-06-01T12:00:00,5Z", 1_780_315_200_500_000_000n],
    ["2026-06-01T12:00:00.1234567899Z", 1_780_315_200_123_456_789n],
    ["2026-06-01T14:30:00+02:30", 1_780_315_200_000_000_000n],
    ["2026-06-01T9:00:00-03:00", 1_780_315_200_000_000_000n],
    ["2024-02-29T00:00:00+24:60", 1_709_074_800_000_000_000n],
    ["1677-09-21T00:12:43.145224192Z", -(2n ** 63n)],
    ["2262-04-11T23:47:16.854775807Z", 2n ** 63n - 1n],
  ])("reads %s", (text, nanoseconds) => {
    expect(call("time.parse_rfc3339_ns", text)).toBe(nanoseconds);
  });

  it.each([
    "",
    "2026-06-01",
    "2026-06-01t12:00:00Z",
    "2026-06-01 12:00:00Z",
    "2026-06-01T12:00:00z",
    "2026-06-01T12:00:00",
    "2026-06-01T12:00:00.Z",
    "2026-06-01T12:00:00Z ",
    " 2026-06-01T12:00:00Z",
    "2026-06-01T12:00:60Z",
    "2026-06-01T12:60:00Z",
    "2026-06-01T24:00:00Z",
    "2026-13-01T12:00:00Z",
    "2026-00-01T12:00:00Z",
    "2026-02-29T12:00:00Z",
    "2026-06-31T12:00:00Z",
    "-026-06-01T12:00:00Z",
    "12026-06-01T12:00:00Z",
    "2026-06-01T12:00:00+0200",
    "2026-06-01T12:00:00+25:00",
    "2026-06-01T12:00:00+00:61",
    "1677-09-21T00:12:43.145224191Z",
    "2262-04-11T23:47:16.854775808Z",
    "9999-12-31T23:59:59Z",
    "２026-06-01T12:00:00Z",
  ])("throws BuiltinError for %j", (text) => {
    expect(() => call("time.parse_rfc3339_ns", text)).toThrow(BuiltinError);
  });

  it.each([[null], [1n], [["2026-06-01T12:00:00Z"]]])("throws BuiltinError for the operand %p", (operand) => {
    expect(() => call("time.parse_rfc3339_ns", operand)).toThrow(BuiltinError);
  });
});

describe("time.parse_ns", () => {
  it.each([
    ["2006-01-02", "2026-06-01", 1_780_272_000_000_000_000n],
    ["RFC1123Z", "Mon, 01 Jun 2026 14:00:00 +0200", 1_780_315_200_000_000_000n],
    ["RFC850", "Monday, 01-Jun-26 12:00:00 GMT", 1_780_315_200_000_000_000n],
    ["Jan _2 2006 3:04PM", "jun  1 2026 12:00PM", 1_780_315_200_000_000_000n],
    ["2006 002 15h", "2024 366 1h", 1_735_606_800_000_000_000n],
    ["2006-01-02 15:04:05.000", "2026-06-01 12:00:00.125", 1_780_315_200_125_000_000n],
    ["2006-01-02 -07", "2026-06-01 -12", 1_780_315_200_000_000_000n],
  ])("reads %s from %s", (layout, text, nanoseconds) => {
    expect(call("time.parse_ns", layout, text)).toBe(nanoseconds);
  });

  it.each([
    ["2006-01-02", "2026-6-01"],
    ["2006 002", "2026 366"],
    ["2006 002 Jan", "2026 032 Jan"],
    ["15:04", "12:60"],
    ["PM", "XM"],
    ["Jan", "Jux"],
    [".000", ".12"],
    ["MST", "ab"],
    ["-0700", "0700"],
    ["2006", "2026x"],
    ["nothing", "else"],
  ])("throws BuiltinError for %s on %s", (layout, text) => {
    expect(() => call("time.parse_ns", layout, text)).toThrow(BuiltinError);
  });
});

describe("time.parse_duration_ns", () => {
  it.each([
    ["0", 0n],
    ["1.5h", 5_400_000_000_000n],
    ["-1m30s", -90_000_000_000n],
    ["1d2h", 93_600_000_000_000n],
    ["1w1y", 32_140_800_000_000_000n],
    ["0.5d", 43_200_000_000_000n],
    ["100µs1ns", 100_001n],
    ["-2562047h47m16.854775808s", -(2n ** 63n)],
    ["2562047h47m16.854775807s", 2n ** 63n - 1n],
  ])("reads %s", (text, nanoseconds) => {
    expect(call("time.parse_duration_ns", text)).toBe(nanoseconds);
  });

  it.each(["", "-", "1", "h", "1x", ".h", "1.2.3h", "1h-1m", "2562047h47m16.854775808s", "293y", "1d1M", "d", "1 h"])(
    "throws BuiltinError for %j",
    (text) => {
      expect(() => call("time.parse_duration_ns", text)).toThrow(BuiltinError);
    },
  );
});

describe("time.date, time.clock, time.weekday", () => {
  it.each<[string, RegoValue, RegoValue]>([
    ["time.date", 0n, [1970n, 1n, 1n]],
    ["time.date", -1n, [1969n, 12n, 31n]],
    ["time.date", [1_780_354_800_000_000_000n, "Europe/Berlin"], [2026n, 6n, 2n]],
    ["time.clock", [1_780_354_800_000_000_000n, "Asia/Kolkata"], [4n, 30n, 0n]],
    ["time.clock", new RegoDecimal("3.6e12"), [1n, 0n, 0n]],
    ["time.clock", [0n, ""], [0n, 0n, 0n]],
    ["time.weekday", [-1n, "UTC"], "Wednesday"],
    ["time.weekday", 0n, "Thursday"],
  ])("%s of %p", (name, operand, expected) => {
    expect(call(name, operand)).toEqual(expected);
  });

  it.each<[RegoValue]>([
    ["0"],
    [[]],
    [["0"]],
    [[0n, 1n]],
    [[0n, "Nowhere/Land"]],
    [[0n, "europe/berlin"]],
    [[0n, "+01:00"]],
    [2n ** 63n],
    [new RegoDecimal("1.5")],
    [new RegoDecimal("1e999999999")],
  ])("throw BuiltinError for %p", (operand) => {
    expect(() => call("time.date", operand)).toThrow(BuiltinError);
  });

  it.each<[string, string, RegoValue]>([
    ["zeros before its last digit", `1${"0".repeat(200_000)}1.0`, "refused"],
    ["digits and half an exponent", `${"1".repeat(200_000)}e+`, "refused"],
    ["zeros behind its point", `1.${"0".repeat(200_000)}`, [1970n, 1n, 1n]],
    ["zeros that its exponent takes back", `86400${"0".repeat(200_000)}e-199991`, [1970n, 1n, 2n]],
  ])("read a number with many %s in an instant", (_case, text, expected) => {
    const start = performance.now();
    const read = () => call("time.date", new RegoDecimal(text));
    if (expected === "refused") expect(read).toThrow(BuiltinError);
    else expect(read()).toEqual(expected);
    // By patterns that try every place before the end it is half a minute.
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("take Local for UTC, whatever the zone of the machine", () => {
    expect(call("time.format", [0n, "Local", "15 MST"])).toBe("00 UTC");
  });
});

describe("time.add_date", () => {
  it.each<[string, bigint, bigint, bigint, string]>([
    ["1970-01-01T00:00:00.000000001Z", 1n, 1n, 1n, "1971-02-02T00:00:00.000000001Z"],
    ["2024-01-31T00:00:00Z", 0n, 1n, 0n, "2024-03-02T00:00:00Z"],
    ["1970-01-01T00:00:00Z", 0n, -13n, -31n, "1968-10-31T00:00:00Z"],
    ["2024-02-29T23:59:59.5Z", -1n, 0n, 0n, "2023-03-01T23:59:59.5Z"],
  ])("adds to %s", (start, years, months, days, expected) => {
    const sum = call("time.add_date", call("time.parse_rfc3339_ns", start), years, months, days);
    expect(call("time.format", sum)).toBe(expected);
  });

  it("keeps the wall clock across a change of the zone's offset", () => {
    const zone = "Europe/Berlin";
    const before = 1_743_249_600_000_000_000n;
    const after = call("time.add_date", [before, zone], 0n, 0n, 1n);
    expect(call("time.clock", [after, zone])).toEqual(call("time.clock", [before, zone]));
    expect(after).toBe(before + 23n * 3_600_000_000_000n);
  });

  it.each<[RegoValue, RegoValue, RegoValue]>([
    [300n, 0n, 0n],
    [10n ** 10n, 0n, 0n],
    [0n, new RegoDecimal("0.5"), 0n],
    [0n, 0n, "1"],
    [0n, 0n, 2n ** 70n],
  ])("throws BuiltinError for %p, %p, %p", (years, months, days) => {
    expect(() => call("time.add_date", 0n, years, months, days)).toThrow(BuiltinError);
  });
});

describe("time.add_date beyond what Go's calendar counts", () => {
  it("when shifts cancel each other counts them all", () => {
    expect(call("time.add_date", 0n, 2_000_000n, -24_000_000n, 1n)).toBe(86_400_000_000_000n);
  });

  it("when Go's own numbers would overflow stops instead of answering", () => {
    expect(() => call("time.add_date", 0n, 10n ** 15n, 0n, 0n)).toThrow(RangeError);
  });
});

describe("time.diff", () => {
  it.each<[RegoValue, RegoValue, bigint[]]>([
    [0n, 0n, [0n, 0n, 0n, 0n, 0n, 0n]],
    [0n, 34_304_461_000_000_000n, [1n, 1n, 1n, 1n, 1n, 1n]],
    [34_304_461_000_000_000n, 0n, [1n, 1n, 1n, 1n, 1n, 1n]],
    [1_706_659_200_000_000_000n, 1_709_251_200_000_000_000n, [0n, 1n, 1n, 0n, 0n, 0n]],
    [
      [0n, "Asia/Kolkata"],
      [0n, "America/New_York"],
      [0n, 0n, 0n, 0n, 0n, 0n],
    ],
  ])("of %p and %p", (first, second, expected) => {
    expect(call("time.diff", first, second)).toEqual(expected);
  });
});

describe("time.format", () => {
  const AT = 1_780_315_200_123_000_000n;
  it.each<[RegoValue, string]>([
    [AT, "2026-06-01T12:00:00.123Z"],
    [[AT, "UTC", "RFC3339"], "2026-06-01T12:00:00Z"],
    [[AT, "Asia/Kolkata", "RFC1123Z"], "Mon, 01 Jun 2026 17:30:00 +0530"],
    [[AT, "UTC", "UnixDate"], "Mon Jun  1 12:00:00 UTC 2026"],
    [[AT, "UTC", "Monday 2 January 06 3:04:05pm .00 ,999999 002"], "Monday 1 June 26 12:00:00pm .12 ,123 152"],
    [[AT, "UTC", "plain text"], "plain text"],
  ])("of %p", (operand, text) => {
    expect(call("time.format", operand)).toBe(text);
  });

  it.each([
    [0n, "Europe/Berlin", "CET +01:00:00"],
    [1_780_315_200_000_000_000n, "Europe/Berlin", "CEST +02:00:00"],
    [1_780_315_200_000_000_000n, "America/New_York", "EDT -04:00:00"],
    [-(2n ** 63n), "Europe/Berlin", "LMT +00:53:28"],
    [2n ** 63n - 1n, "Europe/Berlin", "CEST +02:00:00"],
    [2n ** 63n - 1n, "America/Santiago", "-04 -04:00:00"],
    [2n ** 63n - 1n, "Africa/Casablanca", "+01 +01:00:00"],
    [-(2n ** 63n), "Africa/Accra", "LMT +00:00:-52"],
    [0n, "Etc/GMT+10", "-10 -10:00:00"],
    [0n, "Factory", "-00 +00:00:00"],
  ])("of %p in %s shows the abbreviation that OPA's database has", (nanoseconds, zone, expected) => {
    expect(call("time.format", [nanoseconds, zone, "MST -07:00:00"])).toBe(expected);
  });
});
