import { describe, expect, it } from "@jest/globals";

import { UNIT_BUILTINS } from "../../../src/builtins/units/index.ts";
import { RegoDecimal } from "../../../src/values/values.ts";
import { callBuiltin } from "../../support/values.ts";

const units = (operand: unknown) => callBuiltin(UNIT_BUILTINS["units.parse"], [operand]);
const bytes = (operand: unknown) => callBuiltin(UNIT_BUILTINS["units.parse_bytes"], [operand]);

describe("units.parse", () => {
  it.each<[string, bigint | string]>([
    ["10", 10n],
    ["10Ki", 10_240n],
    ["10K", 10_000n],
    ["-1.5k", -1500n],
    ["+1e3M", 1_000_000_000n],
    ['"8eI"', 9_223_372_036_854_775_808n],
    ["123456789012345678901E", 123_456_789_012_345_678_901_000_000_000_000_000_000n],
    ["0e9", 0n],
    ["-0", 0n],
    ["1m", "0.0010000000"],
    ["1000m", "1.0000000000"],
    ["0.00000000005", "0.0000000001"],
    ["-0.00000000001", "-0.0000000000"],
    ["9.99999999999", "10.0000000000"],
  ])("reads %s", (text, value) => {
    expect(units(text)).toEqual(typeof value === "string" ? new RegoDecimal(value) : value);
  });

  it.each([
    "",
    "k",
    "1 k",
    "1.2.3",
    "1ee",
    "1e+",
    "1e1e1",
    "+-1",
    ".",
    "1kb",
    "1MI i",
    "1é",
    "1e1234567",
    "0x10",
    "1_0",
  ])("has no answer for %j", (text) => {
    expect(units(text)).toBeUndefined();
  });

  it("has no answer for what is no text", () => {
    expect(units(1)).toBeUndefined();
  });

  it("stops at numbers of more digits than it carries", () => {
    for (const text of ["1e999999", "1".repeat(100_001)]) expect(() => units(text)).toThrow(RangeError);
    expect(units("1e-999999")).toEqual(new RegoDecimal("0.0000000000"));
  });
});

describe("units.parse_bytes", () => {
  it.each<[string, bigint]>([
    ["10", 10n],
    ["1.9", 1n],
    ["-1.9", -1n],
    ["10KiB", 10_240n],
    ["10kb", 10_000n],
    ['"1.5"MB', 1_500_000n],
    ["1e3k", 1_000_000n],
    ["0.1eb", 100_000_000_000_000_000n],
    ["16EiB", 18_446_744_073_709_551_616n],
    // 64 bits of precision, not one more.
    ["123456789012345678901", 123_456_789_012_345_678_904n],
    ["1e30", 1_000_000_000_000_000_000_024_696_061_952n],
    ["0e999999", 0n],
    ["5e-1", 0n],
  ])("reads %s", (text, value) => {
    expect(bytes(text)).toEqual(value);
  });

  it.each(["", "kb", "1 kb", "1.2.3", "1e+", "1mm", "1ibk", "1bb", "1b", "1e1234567"])(
    "has no answer for %j",
    (text) => {
      expect(bytes(text)).toBeUndefined();
    },
  );

  it("has no answer for what is no text", () => {
    expect(bytes(null)).toBeUndefined();
  });

  it("stops at numbers of more digits than it carries", () => {
    for (const text of ["1e999999", "1".repeat(100_001)]) expect(() => bytes(text)).toThrow(RangeError);
  });
});
