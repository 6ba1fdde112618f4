import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { shrink } from "../../src/diff/shrink.ts";

describe("shrink", () => {
  it.each<readonly [string, JsonValue, (value: JsonValue) => boolean, JsonValue]>([
    [
      "members that do not matter",
      { a: 1, b: { c: [1, 2, 3] }, d: "text" },
      (value) => JSON.stringify(value).includes("2"),
      [2],
    ],
    ["texts to a character", "hello world", (value) => typeof value === "string" && value !== "", "h"],
    ["numbers", 350.125, (value) => typeof value === "number" && value > 100, 350],
    ["nothing that must stay", { amount: 7 }, (value) => JSON.stringify(value) === '{"amount":7}', { amount: 7 }],
  ])("leaves out %s", (_name, value, passes, smallest) => {
    const kept = shrink({ value }, (candidate) => passes((candidate as { value?: JsonValue }).value ?? null));
    expect((kept as { value?: JsonValue }).value).toEqual(
      _name.startsWith("members") ? { b: { c: smallest } } : smallest,
    );
  });

  it("ends with a huge value soon, and with one that still passes", () => {
    const huge = Array.from({ length: 100_000 }, (_, index) => `item ${index}`);
    let asked = 0;
    const smallest = shrink(huge, (value) => {
      asked += 1;
      return JSON.stringify(value).includes("item 77777");
    });
    expect(JSON.stringify(smallest)).toContain("item 77777");
    expect(asked).toBeLessThan(3001);
  });

  it("makes no -0", () => {
    expect(
      Object.is(
        shrink(-0.25, (value) => typeof value === "number" && value > -0.1),
        -0,
      ),
    ).toBe(false);
  });
});
