import { describe, expect, it } from "@jest/globals";
import { mergeData, mergeExactData } from "../src/data.ts";
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

  it.each([
    ["18446744073709551617", 18446744073709552000],
    ["-9223372036854775809", -9223372036854776000],
    ["1e400", Number.MAX_VALUE],
    ["-1e400", -Number.MAX_VALUE],
    ["1e-400", 0],
    ["1.0", 1],
  ])("when a document holds %s returns the nearest double", (text, value) => {
    expect(mergeData([file("data/a/data.json", `{"n":[${text}]}`)])).toEqual({ a: { n: [value] } });
  });

  it("when a number has over 400 characters throws MANIFEST_INVALID", () => {
    const files = [file("data/a/data.json", "1".repeat(401))];
    expect(() => mergeData(files)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
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

describe("mergeExactData", () => {
  it("keeps every number as it was written, in whatever file it stands", () => {
    const numbers = '[1.0,1e2,-0,0.10,18446744073709551617,1e400,7,"1.0"]';
    const { value, isPlain } = mergeExactData([
      file("data/data.json", `{"a":{"b":${numbers}}}`),
      file("data/a/c/data.json", numbers),
    ]);
    expect(JSON.stringify(value)).toBe(`{"a":{"c":${numbers},"b":${numbers}}}`);
    expect(isPlain).toBe(false);
  });

  it("tells that doubles print all numbers as they were written", () => {
    const text = '{"a":[0,-1,123456789012345,0.1,1e+21,5e-324,"1.0"]}';
    const { value, isPlain } = mergeExactData([file("data/data.json", text)]);
    expect([JSON.stringify(value), isPlain]).toEqual([text, true]);
  });

  it("keeps a key named __proto__ or rawJSON as a property of its own", () => {
    const text = '{"__proto__":{"x":1.0},"rawJSON":"2"}';
    const { value } = mergeExactData([file("data/data.json", text)]);
    expect(JSON.stringify(value)).toBe(text);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it("when two documents meet at a number throws MANIFEST_INVALID", () => {
    const files = [file("data/data.json", '{"a":1.0}'), file("data/a/data.json", '{"b":1}')];
    expect(() => mergeExactData(files)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });
});
