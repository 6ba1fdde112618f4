import { describe, expect, it } from "@jest/globals";
import { canonicalJson } from "../src/canonical-json.ts";
import { parseJson } from "../src/json.ts";
import type { JsonValue } from "../src/json.ts";

const read = (text: string) => parseJson(text, { maxBytes: 10_000, code: "INPUT_INVALID", what: "test" });

describe("canonicalJson", () => {
  it("when members come in another order returns the same text", () => {
    expect(canonicalJson({ b: [1, { d: 2, c: 3 }], a: null })).toBe('{"a":null,"b":[1,{"c":3,"d":2}]}');
  });

  it("when keys look like numbers returns them in the order of their code units, not of their value", () => {
    expect(canonicalJson(read('{"9":1,"10":2,"1":3}'))).toBe('{"1":3,"10":2,"9":1}');
  });

  it("when given RFC 8785's own sample returns its text", () => {
    const sample = String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`;
    expect(canonicalJson(JSON.parse(sample) as JsonValue)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it.each([NaN, Infinity, -Infinity])("when a number is %p, which JSON has not, throws TypeError", (number) => {
    expect(() => canonicalJson([number])).toThrow(TypeError);
  });

  it("when the value is nested without end throws LIMIT_EXCEEDED", () => {
    const ring: Record<string, JsonValue> = {};
    ring["again"] = [ring];
    expect(() => canonicalJson(ring)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });

  it("when a key is __proto__ returns it as any other", () => {
    expect(canonicalJson(read('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
  });
});
