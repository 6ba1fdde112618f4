import { describe, expect, it } from "@jest/globals";

import { findValue, isObjectAt } from "../../src/values/json-path.ts";

const JSON_TEXT = ' {"a" : {"b": [1, {"c": 2}], "é\\u0041": "x,}\\"", "": {"k":{}}}, "n": -1.5e3, "a2": {"b": 1}}';

function find(path: readonly string[], text = JSON_TEXT): string {
  const bytes = Buffer.from(text);
  const end = findValue(bytes, path);
  return typeof end === "number" ? bytes.toString("utf8", end, end + 4) : end;
}

describe("findValue", () => {
  it.each([
    [[], '{"a"'],
    [["a"], '{"b"'],
    [["a", "b"], "[1, "],
    [["a", "éA"], '"x,}'],
    [["a", "", "k"], "{}}}"],
    [["n"], "-1.5"],
    [["a2", "b"], "1}}"],
    [["x"], "missing"],
    [["a", "x", "y"], "missing"],
    [["a", "b", "0"], "blocked"],
    [["n", "x"], "blocked"],
    [["a", "éA", "x"], "blocked"],
  ])("finds %j", (path, expected) => {
    expect(find(path)).toBe(expected);
  });

  it("finds the last of a key that stands twice", () => {
    expect(find(["a", "b"], '{"a":{"b":1},"\\u0061":{"b":2}}')).toBe("2}}");
    expect(find(["a", "c"], '{"a":{"c":1},"a":{"b":2}}')).toBe("missing");
  });

  it("finds nothing in an empty object, and the object itself", () => {
    const bytes = Buffer.from("\n{ }");
    expect(findValue(bytes, ["a"])).toBe("missing");
    expect(findValue(bytes, [])).toBe(1);
    expect(isObjectAt(bytes, 1)).toBe(true);
    expect(isObjectAt(bytes, 0)).toBe(false);
  });
});
