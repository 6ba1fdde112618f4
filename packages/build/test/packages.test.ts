import { describe, expect, it } from "@jest/globals";
import { checkPlaces, parsePackages, toRoots } from "../src/packages.ts";

describe("parsePackages", () => {
  it("when given references returns their paths, data without Rego left out", () => {
    const namespaces = {
      "data.a.b": ["a.rego"],
      'data["x-y"].z': ["x.rego"],
      'data.q["a.b\\"]"]': ["q.rego", "data.json"],
      "data.config": ["data.json"],
      data: ["top.rego"],
    };
    const expected = [
      { path: ["a", "b"], files: ["a.rego"] },
      { path: ["x-y", "z"], files: ["x.rego"] },
      { path: ["q", 'a.b"]'], files: ["q.rego"] },
    ];
    expect(parsePackages(JSON.stringify({ namespaces }))).toEqual(expected);
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"namespaces":[]}',
    '{"namespaces":{"data.a":{}}}',
    '{"namespaces":{"other.a":["a.rego"]}}',
    '{"namespaces":{"data.a[x]":["a.rego"]}}',
  ])("when OPA printed %s throws TOOL_FAILED", (text) => {
    expect(() => parsePackages(text)).toThrow(expect.objectContaining({ code: "TOOL_FAILED" }));
  });
});

describe("checkPlaces", () => {
  it.each([
    [{ a: { b: {} } }],
    [{ a: { b: { c: 1 } } }],
    [{ a: { b: null } }],
    [{ a: { b: false } }],
    [{ a: 3 }],
    [{ a: [] }],
  ])("when data is %j at or above a package a.b throws SOURCE_INVALID", (data) => {
    expect(() => {
      checkPlaces(data, [["a", "b"]]);
    }).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  it.each([[{}], [{ a: {} }], [{ a: { c: 1 } }], [{ b: 1 }]])("when data is %j beside it returns", (data) => {
    checkPlaces(data, [["a", "b"]]);
  });

  it("when a package is named as what every object inherits returns", () => {
    checkPlaces({}, [["constructor", "x"], ["toString"]]);
  });
});

describe("toRoots", () => {
  it("when packages and data share names returns each once, sorted", () => {
    const roots = toRoots({ config: {}, cos: {} }, [["cos", "abac"], ["cos", "budget"], ["B"]]);
    expect(roots).toEqual(["B", "config", "cos"]);
  });
});
