import { describe, expect, it } from "@jest/globals";

import { parseLogValue } from "../../src/log-value.ts";
import type { LogValue } from "../../src/log-value.ts";
import { applyMask } from "../../src/mask/apply.ts";
import { describePath, escapeKey, MaskError, parseMaskRules } from "../../src/mask/mask-rule.ts";

function mask(input: unknown, ...rules: unknown[]) {
  const parts: { input?: LogValue | undefined } = { input: parseLogValue(JSON.stringify(input)) };
  const report = applyMask(parts, parseMaskRules(rules as LogValue));
  return { ...parts, ...report };
}

describe("parseMaskRules", () => {
  it.each([
    ["no list", "x"],
    ["an object", {}],
    ["null", null],
    ["a number", [1]],
    ["a list in the list", [["/input"]]],
    ["an empty path", [""]],
    ["a path without a slash", ["input/a"]],
    ["another part", ["/labels/id"]],
    ["a part that only begins so", ["/inputs"]],
    ["a percent sign that escapes nothing", ["/input/%zz"]],
    ["another op", [{ op: "replace", path: "/input" }]],
    ["no op", [{ path: "/input" }]],
    ["no path", [{ op: "remove" }]],
    ["a path that is no text", [{ op: "remove", path: 1 }]],
  ])("throws for %s", (_case, rules) => {
    expect(() => parseMaskRules(rules)).toThrow(MaskError);
  });
});

describe("applyMask", () => {
  it.each([
    ["a key", { a: 1, b: 2 }, "/input/a", { b: 2 }],
    ["a deep key", { a: { b: { c: 1, d: 2 } } }, "/input/a/b/c", { a: { b: { d: 2 } } }],
    ["an item of a list", { a: [1, 2, 3] }, "/input/a/1", { a: [1, 3] }],
    ["an item of a list in a list", { a: [[1, 2]] }, "/input/a/0/0", { a: [[2]] }],
    ["an item of the whole list", [1, 2], "/input/0", [2]],
    ["a key that OPA finds escaped", { "a%20b": 1 }, "/input/a b", {}],
    ["a key by its own spelling", { "a b": 1, c: 1 }, "/input/a b", { c: 1 }],
    ["a key that holds a slash", { "a/b": 1 }, "/input/a%2Fb", {}],
    ["every spelling of a key", { "a b": 1, "a%20b": 2 }, "/input/a b", {}],
    ["a key as a JSON Pointer has it", { "a/b~c": 1, d: 2 }, "/input/a~1b~0c", { d: 2 }],
    ["an empty key", { "": 1, a: 2 }, "/input/", { a: 2 }],
  ])("removes %s", (_case, input, rule, left) => {
    const { input: masked, erased } = mask(input, rule);
    expect(masked).toEqual(left);
    expect(erased).toHaveLength(1);
  });

  it.each([
    ["of one list", { a: [1, 2, 3] }, ["/input/a/0", "/input/a/1"], { a: [3] }],
    ["of lists in lists", [[1, 2], [3, 4], [5]], ["/input/0", "/input/1/0"], [[4], [5]]],
    ["of a list, and all of it", { a: [1, 2] }, ["/input/a/0", "/input/a"], {}],
  ])("removes the items %s where they were", (_case, input, rules, left) => {
    expect(mask(input, ...rules)).toMatchObject({ input: left, erased: rules });
  });

  it("puts nothing where an item was removed", () => {
    const rule = { op: "upsert", path: "/input/0", value: "x" };
    expect(mask([1, 2], "/input/0", rule, "/input/0")).toEqual({ input: [2], erased: ["/input/0"], masked: [] });
  });

  it("removes the whole", () => {
    expect(mask({ a: 1 }, "/input")).toEqual({ input: undefined, erased: ["/input"], masked: [] });
  });

  it.each([
    ["a key that is not there", { a: 1 }, "/input/b"],
    ["a path through nothing", { a: 1 }, "/input/b/c"],
    ["a path through a number", { a: 1 }, "/input/a/c"],
    ["an index beyond the list", { a: [1] }, "/input/a/1"],
    ["a negative index", { a: [1] }, "/input/a/-1"],
    ["an index that is no number", { a: [1] }, "/input/a/x"],
    ["what every object inherits", { a: 1 }, "/input/constructor"],
    ["a part that the record has not", { a: 1 }, "/result/a"],
  ])("passes over %s", (_case, input, rule) => {
    expect(mask(input, rule)).toEqual({ input, erased: [], masked: [] });
  });

  it.each([
    ["a value", { a: 1 }, "/input/a", "**", { a: "**" }],
    ["a new key", { a: 1 }, "/input/b", null, { a: 1, b: null }],
    ["the objects on the way", {}, "/input/a/b/c", 1, { a: { b: { c: 1 } } }],
    ["an item of a list", { a: [1, 2] }, "/input/a/1", "**", { a: [1, "**"] }],
    ["a value in a list", { a: [{ b: 1 }] }, "/input/a/0/b", "**", { a: [{ b: "**" }] }],
    ["the whole", { a: 1 }, "/input", "**", "**"],
  ])("puts in %s", (_case, input, path, value, left) => {
    const { input: result, masked } = mask(input, { op: "upsert", path, value });
    expect(result).toEqual(left);
    expect(masked).toEqual([path]);
  });

  it.each([
    ["a list that is the whole", [1], "/input/0"],
    ["a text that is the whole", "x", "/input/a"],
    ["an index beyond the list", { a: [1] }, "/input/a/1"],
    ["a path through a number", { a: 1 }, "/input/a/b"],
    ["a path beyond a list", { a: [] }, "/input/a/0/b"],
  ])("puts nothing into %s", (_case, input, path) => {
    expect(mask(input, { op: "upsert", path, value: 9 })).toEqual({ input, erased: [], masked: [] });
  });

  it("puts in a key called __proto__ and changes no prototype", () => {
    const { input } = mask({ a: 1 }, { op: "upsert", path: "/input/__proto__", value: { polluted: true } });
    expect(JSON.stringify(input)).toBe('{"a":1,"__proto__":{"polluted":true}}');
    expect("polluted" in {}).toBe(false);
  });

  it("applies the rules in their order", () => {
    const rules = ["/input/a", { op: "upsert", path: "/input/a", value: 2 }, { op: "remove", path: "/input/b" }];
    expect(mask({ a: 1, b: 1 }, ...rules)).toEqual({
      input: { a: 2 },
      erased: ["/input/a", "/input/b"],
      masked: ["/input/a"],
    });
  });
});

describe("describePath", () => {
  it("escapes as OPA does", () => {
    expect(describePath({ part: "input", path: ["a b", "ä", "$&+=:@-_.~", "!'()*", "x/y"] })).toBe(
      "/input/a%20b/%C3%A4/$&+=:@-_.~/%21%27%28%29%2A/x%2Fy",
    );
    expect(escapeKey("a%2Fb")).toBe("a%252Fb");
  });
});
