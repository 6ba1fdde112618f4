import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { isSameJson } from "../../src/policy/json-equality.ts";

function parse(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

describe("isSameJson", () => {
  it.each([
    ["1", "1.0"],
    ["1", "1e0"],
    ["0", "-0"],
    ["9007199254740991", "9007199254740991"],
    ["0.1", "0.1"],
    ['"a"', '"\\u0061"'],
    ["null", "null"],
    ["true", "true"],
    ["[]", "[]"],
    ["{}", "{}"],
    ['[1,"a",null]', '[1,"a",null]'],
    ['{"a":1,"b":[{}]}', '{"b":[{}],"a":1}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
  ])("when given %s and %s returns true", (left, right) => {
    expect(isSameJson(parse(left), parse(right))).toBe(true);
  });

  it.each([
    ["1", "2"],
    ["1", '"1"'],
    ["1", "true"],
    ["0", "false"],
    ["0", "null"],
    ["0", '""'],
    ["0", "[]"],
    ['""', "null"],
    ['""', "[]"],
    ['"a"', '"A"'],
    ['"a"', '"a "'],
    ['"\\u00e9"', '"e\\u0301"'],
    ["9007199254740992", "9007199254740992"],
    ["9007199254740992", "9007199254740993"],
    ["-9007199254740993", "-9007199254740992"],
    ["1e300", "1e300"],
    ["[9007199254740993]", "[9007199254740992]"],
    ["[1,2]", "[2,1]"],
    ["[1]", "[1,1]"],
    ["[1,1]", "[1]"],
    ["[1]", '{"0":1}'],
    ['{"0":1}', "[1]"],
    ["[]", "{}"],
    ["{}", "[]"],
    ["[]", "null"],
    ["{}", "null"],
    ["null", "{}"],
    ["[null]", "[]"],
    ["[]", "[null]"],
    ["[[]]", "[{}]"],
    ['{"a":1}', "{}"],
    ["{}", '{"a":1}'],
    ['{"a":1}', '{"b":1}'],
    ['{"a":null}', '{"b":null}'],
    ['{"a":1}', '{"a":2}'],
    ['{"a":1,"b":1}', '{"a":1,"c":1}'],
    ['{"__proto__":{}}', '{"a":{}}'],
    ['{"constructor":null}', '{"a":null}'],
  ])("when given %s and %s returns false", (left, right) => {
    expect(isSameJson(parse(left), parse(right))).toBe(false);
  });
});
