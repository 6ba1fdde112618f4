import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { applyPatch } from "../../../src/builtins/json/patch.ts";
import { encodeValueText, parseValueText } from "../../../src/values/value-text.ts";

function patched(document: string, patch: string): string {
  const operations = parseValueText(patch);
  if (!Array.isArray(operations)) throw new Error("a patch is an array");
  return encodeValueText(applyPatch(parseValueText(document), operations));
}

describe("applyPatch", () => {
  it.each([
    ["adds a member", '{"a":1}', '[{"op":"add","path":"/b","value":2}]', '{"a":1,"b":2}'],
    ["needs no slash in front", '{"a":{}}', '[{"op":"add","path":"a/b","value":2}]', '{"a":{"b":2}}'],
    ["appends behind the last", "[1]", '[{"op":"add","path":"/-","value":2}]', "[1,2]"],
    ["takes paths of values", '{1:{"a":[1,2]}}', '[{"op":"remove","path":[1,"a",0]}]', '{1:{"a":[2]}}'],
    ["takes 1.0 for the key 1", "{1:2}", '[{"op":"replace","path":[1.0],"value":3}]', "{1.0:3}"],
    ["reads ~1 and ~0", '{"a/b":1,"~":2}', '[{"op":"remove","path":"a~1b"},{"op":"remove","path":"~0"}]', "{}"],
    ["replaces the whole", '{"a":1}', '[{"op":"replace","path":"","value":[1]}]', "[1]"],
    ["moves", '{"a":{"b":1}}', '[{"op":"move","from":"a/b","path":"c"}]', '{"a":{},"c":1}'],
    ["copies", '{"a":[1]}', '[{"op":"copy","from":"a","path":"a/0"}]', '{"a":[[1],1]}'],
    ["tests", '{"a":[1.0]}', '[{"op":"test","path":"a","value":[1]}]', '{"a":[1.0]}'],
    ["adds to a set", '{"a"}', '[{"op":"add","path":["b"],"value":"b"}]', '{"a","b"}'],
    ["enters a member of a set", "{[0]}", '[{"op":"add","path":[[0],"-"],"value":1}]', "{[0,1]}"],
  ])("%s", (_what, document, patch, wanted) => {
    expect(patched(document, patch)).toBe(wanted);
  });

  // OPA 1.20.2 looks the second operation's element up by its new index in the array as it came.
  it("when an element was inserted before enters the one that OPA enters", () => {
    const patch = '[{"op":"add","path":"0","value":9},{"op":"add","path":"1/c","value":3}]';
    expect(patched('[{"a":1},{"b":2}]', patch)).toBe('[9,{"b":2,"c":3},{"b":2}]');
  });

  it.each([
    ["a segment is not there", '{"a":1}', '[{"op":"remove","path":"/b"}]'],
    ["a segment stands under a scalar", '{"a":1}', '[{"op":"add","path":"/a/b","value":1}]'],
    ["an index is beyond the end", "[1]", '[{"op":"add","path":"/2","value":1}]'],
    ["an index has a leading zero", "[1,2]", '[{"op":"remove","path":"/01"}]'],
    ["a removed index is the end", "[1]", '[{"op":"remove","path":"/-"}]'],
    ["a removed index is negative", "[1]", '[{"op":"remove","path":[-1]}]'],
    ["a set would get another member than its path", "{1}", '[{"op":"add","path":[2],"value":3}]'],
    ["a value is moved into itself", '{"a":{}}', '[{"op":"move","from":"a","path":"a/b"}]'],
    ["a test fails", "[1]", '[{"op":"test","path":"0","value":2}]'],
    ["the op is unknown", "[1]", '[{"op":"frob","path":"0"}]'],
    ["the op is no string", "[1]", '[{"op":1,"path":"0"}]'],
    ["the path is missing", "[1]", '[{"op":"remove"}]'],
    ["the path is a number", "[1]", '[{"op":"remove","path":0}]'],
    ["the value is missing", "[1]", '[{"op":"add","path":"0"}]'],
    ["an operation is no object", "[1]", "[1]"],
    ["everything was removed", "[1]", '[{"op":"remove","path":""}]'],
  ])("when %s throws", (_what, document, patch) => {
    expect(() => patched(document, patch)).toThrow(BuiltinError);
  });

  it("when copies double at each step stops soon", () => {
    const double = '{"op":"copy","from":"","path":"/-"}';
    expect(() => patched("[1]", `[${Array.from({ length: 60 }, () => double).join(",")}]`)).toThrow(RangeError);
  });

  it("when a long array is edited very often stops soon", () => {
    const edits = Array.from({ length: 40_000 }, () => '{"op":"add","path":"/0","value":1}').join(",");
    expect(() => patched(`[${"1,".repeat(100_000)}1]`, `[${edits}]`)).toThrow(RangeError);
  });
});
