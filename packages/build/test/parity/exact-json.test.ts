import { describe, expect, it } from "@jest/globals";
import { exactText, listAt, parseExact, printExact } from "../../src/parity/exact-json.ts";

describe("exactText", () => {
  it.each([
    ["1", "1.0"],
    ["1", "10e-1"],
    ["100", "1E+2"],
    ["-0", "0.00"],
    ["1e400", "10e399"],
    ["0.1", "1e-1"],
    ['{"a": 1, "b": "\\u0026"}', '{"b":"&","a":1.00}'],
    ["[1, [2, {}]]", "[1,[2.0,{}]]"],
  ])("when %s and %s are one value returns one text", (left, right) => {
    expect(exactText(left)).toBe(exactText(right));
  });

  it.each([
    ["9007199254740993", "9007199254740992"],
    ["0.1", "0.10000000000000000001"],
    ["1", '"1"'],
    ["1", "-1"],
    ["10", "1"],
    ["[1,2]", "[2,1]"],
    ['{"a":1}', '{"a":1,"b":null}'],
    ["null", "false"],
    ["1e400", "1e401"],
    ["1e1000000000", "0"],
    ["1e1000000000", "1e1000000001"],
  ])("when %s and %s are two values returns two texts", (left, right) => {
    expect(exactText(left)).not.toBe(exactText(right));
  });

  it("when the text is no JSON throws SyntaxError", () => {
    expect(() => exactText("{")).toThrow(expect.objectContaining({ name: "SyntaxError" }));
  });
});

describe("printExact", () => {
  it("when given what a text held returns it compact, with sorted keys and its own numbers", () => {
    const text = '{ "b": [9007199254740993, 1.0], "__proto__": 1e3, "a": null }';
    expect(printExact(parseExact(text))).toBe('{"__proto__":1e3,"a":null,"b":[9007199254740993,1.0]}');
  });
});

describe("listAt", () => {
  it("when there is a list returns its items, and otherwise undefined", () => {
    const value = parseExact('{"a": [{"b": [1]}], "c": {}}');
    expect(listAt(value, ["a", 0, "b"])).toHaveLength(1);
    expect(listAt(value, ["c"])).toBeUndefined();
    expect(listAt(value, ["a", 1, "b"])).toBeUndefined();
    expect(listAt(value, ["constructor"])).toBeUndefined();
    expect(listAt(null)).toBeUndefined();
  });
});
