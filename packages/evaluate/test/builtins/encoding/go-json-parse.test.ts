import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { parseJsonPrefix, parseJsonValue, WrittenObject } from "../../../src/builtins/encoding/go-json-parse.ts";
import { RegoDecimal, RegoObject } from "../../../src/values/values.ts";

describe("parseJsonValue", () => {
  it("keeps numbers as they are written", () => {
    expect(parseJsonValue("[1, -0, 1.0, 2e3, 9007199254740993]")).toEqual([
      1n,
      new RegoDecimal("-0"),
      new RegoDecimal("1.0"),
      new RegoDecimal("2e3"),
      9_007_199_254_740_993n,
    ]);
  });

  it("keeps the text of an integer that would take long to convert", () => {
    expect(parseJsonValue("9".repeat(5000))).toEqual(new RegoDecimal("9".repeat(5000)));
  });

  it("takes the last of members with one name", () => {
    expect(parseJsonValue('{"a":1,"b":[],"\\u0061":{}}')).toEqual(
      new RegoObject([
        ["a", new RegoObject([])],
        ["b", []],
      ]),
    );
  });

  it.each([
    ['"\\ud800"', "\ufffd"],
    ['"\\ud83d\\ude00 \\n\\/"', "😀 \n/"],
    [" \t\r\n null ", null],
    ["[true,false]", [true, false]],
    ['{"__proto__":1}', new RegoObject([["__proto__", 1n]])],
  ])("reads %s", (text, value) => {
    expect(parseJsonValue(text)).toEqual(value);
  });

  it("reads 10 000 levels", () => {
    expect(() => parseJsonValue("[".repeat(10_000) + "]".repeat(10_000))).not.toThrow();
  });

  it.each([
    ...["", " ", "nul", "truex", "True", "'a'", "1 2", "[1]]", "\ufeff1", "\u00a01", "NaN", "Infinity", "undefined"],
    ...["01", "1.", ".5", "+1", "-", "1e", "1e+", "0x1", "--1", "1_0"],
    ...['"', '"a', '"\\', '"\\x"', '"\\u12"', '"\\u12g4"', '"\u0000"', '"\n"', "\"'"],
    ...["[", "[1", "[1,", "[,1]", "[1,]", "[1 2]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "{1:2}", "{a:1}", "{,}"],
    ...['{"a" 1}', '{"a":1 "b":2}', '{"a":}', "}", "]", ":", ",", "[}", "{]"],
    "[".repeat(10_001) + "]".repeat(10_001),
  ])("refuses %j", (text) => {
    expect(() => parseJsonValue(text)).toThrow(BuiltinError);
  });

  it("takes time that grows with the length", () => {
    expect(() => parseJsonValue('"\\u0041'.repeat(200_000))).toThrow(BuiltinError);
    expect(() => parseJsonValue("[".repeat(1_000_000))).toThrow(BuiltinError);
  });
});

describe("parseJsonPrefix", () => {
  it("leaves alone what stands behind the document", () => {
    const value = parseJsonPrefix('{"b":1,"a":{},"b":[2]} and more');
    expect(value).toBeInstanceOf(WrittenObject);
    expect((value as WrittenObject).members).toEqual([
      ["b", 1n],
      ["a", new WrittenObject([])],
      ["b", [2n]],
    ]);
  });

  it("refuses what is no JSON", () => {
    expect(() => parseJsonPrefix('{"a":1')).toThrow(BuiltinError);
  });
});
