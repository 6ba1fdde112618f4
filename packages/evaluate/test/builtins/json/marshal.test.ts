import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { marshalWithOptions } from "../../../src/builtins/json/marshal.ts";
import { parseValueText } from "../../../src/values/value-text.ts";
import { RegoObject } from "../../../src/values/values.ts";

function marshalled(value: string, options: string): string {
  return marshalWithOptions(parseValueText(value), parseValueText(options));
}

describe("marshalWithOptions", () => {
  it.each([
    ['{"b":1.0,"a":[true,null,{2,1}],1:"x",[1]:set()}', "{}", '{"1":"x","[1]":[],"a":[true,null,[1,2]],"b":1.0}'],
    ['"<a href=\\"x\\">&\\u2028\\u0007\\n\\\\"', "{}", '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u0007\\n\\\\"'],
    ['{"a":[1,{}],"b":[]}', '{"pretty":true}', '{\n\t"a": [\n\t\t1,\n\t\t{}\n\t],\n\t"b": []\n}'],
    ["[1]", '{"indent":"  "}', "[\n  1\n]"],
    ["[1]", '{"prefix":"> "}', "> [\n> \t1\n> ]"],
    ["[1]", '{"prefix":"> ","indent":" ","pretty":false}', "[1]"],
    ['{"ﬀ":1,"😀":2}', "{}", '{"ﬀ":1,"😀":2}'],
    ['{1:"a","1":"b"}', "{}", '{"1":"b"}'],
  ])("of %s with %s", (value, options, wanted) => {
    expect(marshalled(value, options)).toBe(wanted);
  });

  it("of what the beginnings of its lines would make too long throws RangeError", () => {
    const line = "x".repeat(100_000);
    const values = Array.from({ length: 400 }, () => 1n);
    const options = (name: string): RegoObject => new RegoObject([[name, line]]);
    expect(() => marshalWithOptions(values, options("prefix"))).toThrow(RangeError);
    expect(() => marshalWithOptions(values, options("indent"))).toThrow(RangeError);
  });

  it.each(['{"pretty":1}', '{"indent":2}', '{"prefix":null}', '{"other":"x"}', "{1:2}", "[]"])(
    "with %s throws",
    (options) => {
      expect(() => marshalled("1", options)).toThrow(BuiltinError);
    },
  );
});
