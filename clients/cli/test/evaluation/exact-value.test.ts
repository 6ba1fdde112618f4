import { describe, expect, it } from "@jest/globals";
import { exactValue, valueText } from "../../src/evaluation/exact-value.ts";

describe("exactValue", () => {
  it.each(["1.0", "12345678901234567890", "[1e400,-0,0.10]", '{"a":{"b":100000000000000000000}}', '"1.0"', "null"])(
    "prints %s again as it was",
    (text) => {
      expect(JSON.stringify(exactValue(text))).toBe(text);
    },
  );
});

describe("valueText", () => {
  it("has integers in full, and knows that it has", () => {
    expect(valueText({ a: [12_345_678_901_234_567_890n, "1"] })).toEqual({
      text: '{"a":[12345678901234567890,"1"]}',
      isExact: true,
    });
  });

  it.each([true, false, null])("has %s", (value) => {
    expect(valueText(value)).toEqual({ text: String(value), isExact: true });
  });

  it("says of other numbers that they may have been spelled otherwise, at any depth", () => {
    expect(valueText([[1]])).toEqual({ text: "[[1]]", isExact: false });
    expect(valueText(0.5).isExact).toBe(false);
  });
});
