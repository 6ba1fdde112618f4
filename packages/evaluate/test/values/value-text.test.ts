import { describe, expect, it } from "@jest/globals";

import { RegoDecimal, RegoObject, RegoSet } from "../../src/values/values.ts";
import { encodeValueText, parseValueText } from "../../src/values/value-text.ts";

describe("parseValueText", () => {
  it.each([
    ["null", null],
    ["true", true],
    ["-12345678901234567890", -12345678901234567890n],
    ["1.0", new RegoDecimal("1.0")],
    ["1e+21", new RegoDecimal("1e+21")],
    ['"a\\n\\u0000\\"é"', 'a\n\0"é'],
    ["[]", []],
    ["[1, [2], {}]", [1n, [2n], new RegoObject([])]],
    ["set()", new RegoSet([])],
    ["{1, 2}", new RegoSet([1n, 2n])],
    [
      '{"a": 1, 2: {3}}',
      new RegoObject([
        ["a", 1n],
        [2n, new RegoSet([3n])],
      ]),
    ],
  ])("reads %s", (text, value) => {
    expect(parseValueText(text)).toEqual(value);
  });

  it.each([
    "",
    "nul",
    "tru",
    "set(",
    "-",
    "[1",
    "[1 2]",
    '"a',
    '{"a": 1',
    '{"a": 1, 2}',
    "{1: 2, 3}",
    "{1,}",
    "1 2",
    "[] ",
    "'a'",
  ])("throws SyntaxError for %j", (text) => {
    expect(() => parseValueText(text)).toThrow(SyntaxError);
  });
});

describe("parseValueText, of large integers", () => {
  it("reads 100 000 digits and throws RangeError beyond", () => {
    expect(parseValueText("9".repeat(100_000))).toBe(10n ** 100_000n - 1n);
    expect(() => parseValueText("9".repeat(100_001))).toThrow(RangeError);
    expect(() => parseValueText(`[{"a": -${"9".repeat(100_000)}}]`)).toThrow(RangeError);
  });
});

describe("encodeValueText", () => {
  it.each(["null", "true", "-5", "1.50", '"\\u0000é"', "[1,[2],{}]", "set()", "{1,2}", '{2:{3},"a":1}'])(
    "writes %s back",
    (text) => {
      expect(encodeValueText(parseValueText(text))).toBe(text);
    },
  );
});
