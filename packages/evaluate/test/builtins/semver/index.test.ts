import { describe, expect, it } from "@jest/globals";

import { SEMVER_BUILTINS } from "../../../src/builtins/semver/index.ts";
import { callBuiltin } from "../../support/values.ts";

const compare = (...operands: unknown[]) => callBuiltin(SEMVER_BUILTINS["semver.compare"], operands);
const isValid = (operand: unknown) => callBuiltin(SEMVER_BUILTINS["semver.is_valid"], [operand]);

describe("semver.compare", () => {
  // Section 11 of SemVer 2.0, and numbers up to the last of 64 bits.
  const ascending = [
    ...["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-A", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta"],
    ...["1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"],
    ...["9223372036854775806.0.0", "9223372036854775807.0.0"],
  ];

  it("orders versions as the specification does", () => {
    for (const [index, lower] of ascending.entries()) {
      expect(compare(lower, lower)).toBe(0n);
      const higher = ascending[index + 1];
      if (higher === undefined) continue;
      expect([lower, compare(lower, higher), compare(higher, lower)]).toEqual([lower, -1n, 1n]);
    }
  });

  it("does not look at metadata, a v in front and leading zeros", () => {
    expect(compare("v1.0.0+a", "1.0.0+b")).toBe(0n);
    expect(compare("01.002.3", "1.2.3")).toBe(0n);
  });

  it("has no answer for what is no version", () => {
    expect(compare("1.0", "1.0.0")).toBeUndefined();
    expect(compare("1.0.0", "x")).toBeUndefined();
    expect(compare(1, "1.0.0")).toBeUndefined();
  });

  // stock OPA never ends on these.
  it.each([
    ["1.0.0-01", "1.0.0-1"],
    ["1.0.0-9223372036854775808", "1.0.0-99999999999999999999"],
  ])("stops at %s and %s, which have no order", (left, right) => {
    expect(() => compare(left, right)).toThrow(RangeError);
  });
});

describe("semver.is_valid", () => {
  it.each(["0.0.0", "v1.2.3", "1.2.3-", "1.2.3+", "1.2.3--", "1.2.3-a.-.0", "1.2.3+-", "1.2.3-a+b.c"])(
    "takes %s",
    (text) => {
      expect(isValid(text)).toBe(true);
    },
  );

  it.each([
    ...["", "1", "1.2", "1.2.3.4", "V1.2.3", "vv1.2.3", " 1.2.3", "1.2.3 ", "1.2.x", "-1.2.3", "1..3", "1.2.3-a..b"],
    ...["1.2.3-é", "1.2.3+a_b", "1.2.3-a+b+c", "9223372036854775808.0.0", "1.2.0x1", `1.2.${"9".repeat(10_000)}`],
  ])("refuses %j", (text) => {
    expect(isValid(text)).toBe(false);
  });

  it("refuses what is no text", () => {
    expect(isValid(1)).toBe(false);
  });
});
