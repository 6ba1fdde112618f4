import { describe, expect, it } from "@jest/globals";

import { readJson, writeJson } from "../../../src/builtins/http/json-text.ts";
import { RegoDecimal, RegoSet } from "../../../src/values/values.ts";
import { toJsonText, toRego } from "../../support/values.ts";

describe("readJson", () => {
  it.each([
    ["1", 1n],
    [" -0.50e1 ", new RegoDecimal("-0.50e1")],
    ['"a\\u0041\\ud83d\\ude00\\ud800"', "aA😀\ufffd"],
    ["[ ]", []],
    ["[true,false , null]", [true, false, null]],
    ["7 behind it", 7n],
  ])("reads %s", (text, value) => {
    expect(readJson(text)).toEqual(value);
  });

  it("takes the last of equal keys", () => {
    expect(readJson('{"a": 1, "b": {}, "a": [2]}')).toEqual(toRego({ a: [2], b: {} }));
  });

  it.each(["", " ", "{", '{"a"}', '{"a":}', "{1:2}", "[1 2]", "[1,]", '"', '"\n"', '"\\x"', "tru", "-", ".5", "]"])(
    "finds no value in %j",
    (text) => {
      expect(readJson(text)).toBeUndefined();
    },
  );

  it("throws for what the module would not take", () => {
    expect(() => readJson("[".repeat(600))).toThrow(RangeError);
    expect(() => readJson("1".repeat(100_001))).toThrow(RangeError);
  });

  it("reads a string of ten megabytes", () => {
    expect(readJson(JSON.stringify("\\x".repeat(5_000_000)))).toHaveLength(10_000_000);
  });
});

describe("writeJson", () => {
  it("writes sets as arrays, and escapes as Go does", () => {
    const value = toRego({ b: new RegoSet(["<", "&"]), a: [1.5, 2n, null, true, "\u2028"] });
    expect(writeJson(value)).toBe('{"a":[1.5,2,null,true,"\\u2028"],"b":["\\u0026","\\u003c"]}');
    expect(writeJson(value)).toBe(toJsonText(value));
  });
});
