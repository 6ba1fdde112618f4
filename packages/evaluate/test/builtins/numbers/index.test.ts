import { describe, expect, it } from "@jest/globals";

import { NUMBER_BUILTINS } from "../../../src/builtins/numbers/index.ts";
import { RegoDecimal } from "../../../src/values/values.ts";
import { callBuiltin, testContext } from "../../support/values.ts";

const range = (...operands: unknown[]) => callBuiltin(NUMBER_BUILTINS["numbers.range_step"], operands);

describe("numbers.range_step", () => {
  it.each([
    [
      [1, 5, 2],
      [1n, 3n, 5n],
    ],
    [
      [5, 0, 2],
      [5n, 3n, 1n],
    ],
    [[1, 1, 9], [1n]],
    [
      [10n ** 20n, 10n ** 20n + 3n, 2],
      [10n ** 20n, 10n ** 20n + 2n],
    ],
    [
      [new RegoDecimal("1.0"), new RegoDecimal("2.5e1"), new RegoDecimal("1e1")],
      [1n, 11n, 21n],
    ],
    [
      [new RegoDecimal("0e9"), new RegoDecimal("-100e-2"), 1],
      [0n, -1n],
    ],
  ])("counts %j", (operands, numbers) => {
    expect(range(...operands)).toEqual(numbers);
  });

  it.each([[[1, 5, 0]], [[1, 5, -1]], [[1, 5, 1.5]], [["1", 5, 1]], [[1, null, 1]], [[1.5, 2, 1]]])(
    "has no answer for %j",
    (operands) => {
      expect(range(...operands)).toBeUndefined();
    },
  );

  it("stops at more than a million numbers, and at integers of too many digits", () => {
    expect(range(1, 1_000_000, 1)).toHaveLength(1_000_000);
    expect(() => range(0, 1_000_000, 1)).toThrow(RangeError);
    expect(() => range(0, -(10 ** 9), 1)).toThrow(RangeError);
    expect(() => range(0, new RegoDecimal("1e999999999"), 1)).toThrow(RangeError);
    expect(range(0, new RegoDecimal("1e-999999999"), 1)).toBeUndefined();
    expect(() => range(0, new RegoDecimal(`1${"0".repeat(200_000)}e-200000`), 1)).toThrow(RangeError);
  });

  it("stops at numbers that are too long to have so many of them", () => {
    const large = 10n ** 100_000n;
    expect(range(large, large + 1n, 1)).toEqual([large, large + 1n]);
    expect(() => range(large, large + 999_999n, 1)).toThrow(RangeError);
    expect(() => range(0, large, large / 999_999n)).toThrow(RangeError);
  });
});

describe("rand.intn", () => {
  const draw = (key: unknown, limit: unknown, context = testContext()) =>
    callBuiltin(NUMBER_BUILTINS["rand.intn"], [key, limit], context);

  it("returns the same for a key and a limit within a decision", () => {
    const context = testContext();
    const first = draw("a", 1000, context);
    expect(draw("b", 1000, context)).not.toBe(first);
    expect(draw("a", 999, context)).not.toBe(first);
    expect(draw("a", 1000, context)).toBe(first);
    expect(draw("a", -1000, context)).toBe(first);
  });

  it("stays below the limit, and draws again what would make some numbers likelier", () => {
    const bytes = [255, 254, 252, 251];
    const context = testContext({ randomBytes: () => Uint8Array.of(bytes.shift() ?? 0) });
    expect(draw("a", 7, context)).toBe(251n % 7n);
    expect(bytes).toEqual([]);
    expect(draw("a", 0, context)).toBe(0n);
    expect(draw("a", 1, context)).toBe(0n);
    const large = draw("a", 2n ** 63n - 1n);
    expect(typeof large === "bigint" && large >= 0n && large < 2n ** 63n - 1n).toBe(true);
  });

  it("stops at a source of randomness that draws no number below the limit", () => {
    const context = testContext({ randomBytes: () => Uint8Array.of(255) });
    expect(() => draw("a", 7, context)).toThrow(RangeError);
  });

  it.each<[unknown, unknown]>([
    [1, 1],
    ["a", "1"],
    ["a", 1.5],
    ["a", new RegoDecimal("1e1")],
    ["a", 10n ** 19n],
  ])("has no answer for %p and %p", (key, limit) => {
    expect(draw(key, limit)).toBeUndefined();
  });
});
