import { describe, expect, it } from "@jest/globals";

import { compareStrings, compareValues, RegoDecimal, RegoObject, RegoSet } from "../../src/values/values.ts";
import type { RegoValue } from "../../src/values/values.ts";

/** OPA's order; each stands before all that follow. */
const ORDERED: readonly RegoValue[] = [
  null,
  false,
  true,
  -(2n ** 70n),
  new RegoDecimal("-1.5"),
  0n,
  new RegoDecimal("0.5"),
  9007199254740992n,
  9007199254740993n,
  "",
  "a",
  "aa",
  "b",
  "é",
  "\uffff",
  "😀",
  [],
  [1n],
  [1n, 2n],
  [2n],
  new RegoObject([]),
  new RegoObject([["a", 1n]]),
  new RegoObject([["a", 2n]]),
  new RegoObject([["b", 1n]]),
  new RegoSet([]),
  new RegoSet([1n]),
  new RegoSet([2n, 1n]),
  new RegoSet([2n]),
];

describe("compareValues", () => {
  it("follows OPA's order", () => {
    for (const [i, left] of ORDERED.entries()) {
      for (const [j, right] of ORDERED.entries()) {
        expect(Math.sign(compareValues(left, right))).toBe(Math.sign(i - j));
      }
    }
  });
});

describe("compareStrings", () => {
  it("orders by code point where UTF-16 units do not", () => {
    expect(compareStrings("\ue000", "😀")).toBeLessThan(0);
    expect(compareStrings("😀", "\ue000")).toBeGreaterThan(0);
  });
});

describe("RegoSet", () => {
  it("sorts and keeps one of each", () => {
    expect(new RegoSet(["b", 1n, "a", 1n, null, null]).members).toEqual([null, 1n, "a", "b"]);
  });
});
