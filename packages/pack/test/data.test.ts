import { describe, expect, it } from "@jest/globals";
import { mergeData } from "../src/data.ts";
import { file } from "./files.ts";

describe("mergeData", () => {
  it("when documents stand in folders returns each at its path, whatever their order", () => {
    const files = [
      file("data/data.json", '{"a":{"b":{"x":1}},"top":[1]}'),
      file("data/a/b/data.json", '{"y":2}'),
      file("data/a/b/c/data.json", "[3]"),
      file("opa/a.rego", "not data"),
    ];
    const expected = { a: { b: { x: 1, y: 2, c: [3] } }, top: [1] };
    expect(mergeData(files)).toEqual(expected);
    expect(JSON.stringify(mergeData(files.toReversed()))).toBe(JSON.stringify(mergeData(files)));
  });

  it.each([String.raw`{"a": "\u0000"}`, String.raw`{"\u0000": 1}`, String.raw`{"a": "x\\\u0000"}`])(
    "when a text holds U+0000, as in %s, throws MANIFEST_INVALID",
    (text) => {
      const files = [{ path: "data/data.json", bytes: Buffer.from(text) }];
      expect(() => mergeData(files)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
    },
  );

  it("when a text only looks as if it held U+0000 returns it", () => {
    const bytes = Buffer.from(String.raw`{"a": "\\u0000"}`);
    expect(mergeData([{ path: "data/data.json", bytes }])).toEqual({ a: String.raw`\u0000` });
  });

  it("when there are none returns an empty object", () => {
    expect(mergeData([])).toEqual({});
  });

  it("when a folder or key is named __proto__ returns it as a property of its own", () => {
    const data = mergeData([
      file("data/__proto__/data.json", '{"x":1}'),
      file("data/data.json", '{"__proto__":{"y":2}}'),
    ]);
    expect(Object.keys(data)).toEqual(["__proto__"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it.each([
    [[file("data/data.json", '{"a":1}'), file("data/a/data.json", '{"b":1}')], "MANIFEST_INVALID"],
    [[file("data/data.json", '{"a":{"b":1}}'), file("data/a/data.json", '{"b":1}')], "MANIFEST_INVALID"],
    [[file("data/data.json", '{"a":{"b":null}}'), file("data/a/b/data.json", "{}")], "MANIFEST_INVALID"],
    [[file("data/data.json", "[1]")], "MANIFEST_INVALID"],
    [[file("data/a/data.json", '{"b":1,"b":2}')], "MANIFEST_INVALID"],
    [[file("data/a/data.json", "{")], "MANIFEST_INVALID"],
    [[file("data/a/data.json", "[".repeat(65) + "]".repeat(65))], "LIMIT_EXCEEDED"],
    [[file("data/a/other.json", "{}")], "ARCHIVE_INVALID"],
    [[file("data/a.yaml", "")], "ARCHIVE_INVALID"],
  ])("when given %j throws %s", (files, code) => {
    expect(() => mergeData(files)).toThrow(expect.objectContaining({ code }));
  });
});
