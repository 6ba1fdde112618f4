import { describe, expect, it } from "@jest/globals";

import { compareSpelled, trimDigits } from "../../src/values/digits.ts";
import { RegoDecimal, RegoSet } from "../../src/values/values.ts";

describe("compareSpelled", () => {
  it.each([
    ["1", "1.0", 0],
    ["100", "1e2", 0],
    ["0.001", "10E-4", 0],
    ["-0", "0.0e5", 0],
    ["18446744073709551616", "18446744073709551617.5", -1],
    ["-18446744073709551616", "-18446744073709551617.5", 1],
    ["-1e-400", "0", -1],
    ["1e400", "1e401", -1],
    ["12", "123", -1],
    ["0.12", "0.123", -1],
    ["-2", "1", -1],
  ])("puts %s beside %s", (left, right, expected) => {
    expect(Math.sign(compareSpelled(left, right))).toBe(expected);
    expect(Math.sign(compareSpelled(right, left))).toBe(expected === 0 ? 0 : -expected);
  });
});

describe("trimDigits", () => {
  it("takes one digit off the end, and nothing else", () => {
    expect(["100", "0", "", "1001"].map((text) => trimDigits(text, "0"))).toEqual(["1", "", "", "1001"]);
  });
});

describe("RegoSet", () => {
  it("keeps numbers apart that are one double", () => {
    const members = [18446744073709551616n, new RegoDecimal("18446744073709551617.5"), new RegoDecimal("-1e-400"), 0n];
    expect(new RegoSet(members).members).toHaveLength(4);
    expect(new RegoSet([1n, new RegoDecimal("1.0"), new RegoDecimal("1e0")]).members).toHaveLength(1);
  });
});
