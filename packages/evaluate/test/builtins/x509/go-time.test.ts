import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { parseGeneralizedTime, parseUtcTime, printTime } from "../../../src/builtins/x509/go-time.ts";

describe("parseUtcTime", () => {
  it.each([
    ["200102030405Z", "2020-01-02T03:04:05Z"],
    ["2001020304Z", "2020-01-02T03:04:00Z"],
    ["491231235959Z", "2049-12-31T23:59:59Z"],
    ["500101000000Z", "1950-01-01T00:00:00Z"],
    ["520229000000Z", "1952-02-29T00:00:00Z"],
    ["990101000000Z", "1999-01-01T00:00:00Z"],
    ["200102030405+0130", "2020-01-02T03:04:05+01:30"],
    ["200102030405-0030", "2020-01-02T03:04:05-00:30"],
  ])("reads %s", (text, printed) => {
    const time = parseUtcTime(Buffer.from(text));
    expect(time && printTime(time)).toBe(printed);
  });

  it.each([
    ...["", "200102030405", "20010203040Z", "200102030405z", "200102030405Z ", " 200102030405Z", "200102030405.5Z"],
    ...["201302030405Z", "200002030405Z", "200230030405Z", "200100030405Z", "190229000000Z", "200102240405Z"],
    ...[
      "200102036005Z",
      "200102030460Z",
      "200102030405+0000",
      "200102030405+0160",
      "200102030405+2500",
      "200102030405+1",
    ],
  ])("refuses %j", (text) => {
    expect(parseUtcTime(Buffer.from(text))).toBeUndefined();
  });
});

describe("parseGeneralizedTime", () => {
  it.each(["20200102030405Z", "00000102030405Z", "99990102030405Z"])("reads %s", (text) => {
    expect(parseGeneralizedTime(Buffer.from(text), { fractions: false })).toBeDefined();
  });

  it.each(["200102030405Z", "20200102030405.5Z", "20200102030405", "2020010203Z"])(
    "refuses %s in a certificate",
    (text) => {
      expect(parseGeneralizedTime(Buffer.from(text), { fractions: false })).toBeUndefined();
    },
  );

  it("reads a fraction elsewhere, without zeros at its end", () => {
    const time = parseGeneralizedTime(Buffer.from("19600102030405.25Z"), { fractions: true });
    expect(time && printTime(time)).toBe("1960-01-02T03:04:05.25Z");
    expect(parseGeneralizedTime(Buffer.from("19600102030405.50Z"), { fractions: true })).toBeUndefined();
  });
});

describe("printTime", () => {
  it("refuses an offset of a day, and years beyond four digits", () => {
    expect(() => printTime({ nanoseconds: 0n, offsetMinutes: 24 * 60 })).toThrow(BuiltinError);
    expect(() => printTime({ nanoseconds: 253_402_300_800_000_000_000n, offsetMinutes: 0 })).toThrow(BuiltinError);
    expect(() => printTime({ nanoseconds: -62_167_219_201_000_000_000n, offsetMinutes: 0 })).toThrow(BuiltinError);
  });
});
