import { describe, expect, it } from "@jest/globals";
import { fromDecimal, isMultiple, neighboursOf, percentOf, toDecimal } from "../../src/generator/decimal.ts";

describe("neighboursOf", () => {
  it.each([
    [350, [350, 351, 349, 350.1, 349.9]],
    [0.02, [0.02, 1.02, -0.98, 0.03, 0.01, 0.021, 0.019]],
    [0, [0, 1, -1, 0.1, -0.1]],
    [-0.5, [-0.5, 0.5, -1.5, -0.4, -0.6, -0.49, -0.51]],
    [1e21, [1e21]],
    [1e300, [1e300]],
  ])("of %d are one away, and one step of the last place", (value, neighbours) => {
    expect(neighboursOf(value)).toEqual(neighbours);
  });

  it("holds no -0 and nothing that is not finite", () => {
    for (const value of [0, 1, -1, 0.1, 1e308, 5e-324]) {
      expect(neighboursOf(value).every((one) => Number.isFinite(one) && !Object.is(one, -0))).toBe(true);
    }
  });
});

describe("toDecimal", () => {
  it.each([[0.1], [-12.5], [1e-7], [123456789012], [1e20], [0]])("keeps %d", (value) => {
    const decimal = toDecimal(value);
    expect(decimal === undefined ? undefined : fromDecimal(decimal)).toBe(value);
  });

  it.each([[NaN], [Infinity], [1e-30]])("leaves out %d", (value) => {
    expect(toDecimal(value)).toBeUndefined();
  });
});

describe("percentOf", () => {
  it("is exact where doubles are not", () => {
    expect(percentOf(1.15, 80)).toBe(0.92);
    expect(percentOf(10_000_000, 80)).toBe(8_000_000);
    expect(percentOf(0.7, 10)).toBe(0.07);
  });
});

describe("isMultiple", () => {
  it("goes by decimal digits", () => {
    expect(isMultiple(0.3, 0.1)).toBe(true);
    expect(isMultiple(1.005, 0.005)).toBe(true);
    expect(isMultiple(0.35, 0.1)).toBe(false);
  });

  it("knows no multiple of nothing", () => {
    expect(isMultiple(1, 0)).toBe(false);
  });
});
