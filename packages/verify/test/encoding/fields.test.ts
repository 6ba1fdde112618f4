import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import {
  array,
  bytes,
  hex,
  int64,
  object,
  oneOf,
  openObject,
  optional,
  text,
  timestamp,
} from "../../src/encoding/fields.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { codeOf } from "../support/expect.ts";

describe("object", () => {
  const field = object({ name: text, note: optional(text) });

  it("when the fields are those of the table returns them", () => {
    expect(field({ name: "a", note: null })).toEqual({ name: "a", note: undefined });
  });

  it.each<[string, JsonValue]>([
    ["has an unknown field", { name: "a", more: 1 }],
    ["has a field that every object inherits", { name: "a", toString: "x" }],
    ["lacks a required field", { note: "b" }],
    ["has a field of another type", { name: 1 }],
    ["is an array", ["a"]],
    ["is null", null],
  ])("when it %s throws", (_, value) => {
    expect(() => field(value)).toThrow(MalformedError);
  });

  it("when a nested field is wrong names the path to it", () => {
    expect(() => object({ a: object({ b: text }) })({ a: { b: 1 } })).toThrow(/^\.a\.b must/);
  });
});

describe("openObject", () => {
  it("when there are unknown fields passes them over", () => {
    expect(openObject({ name: text })({ name: "a", more: 1 })).toEqual({ name: "a" });
  });

  it("when a field is only inherited throws", () => {
    expect(() => openObject({ constructor: text })({})).toThrow(MalformedError);
  });
});

describe("array", () => {
  it("when it is absent returns an empty one", () => {
    expect(array(text, 2)(undefined)).toEqual([]);
  });

  it("when it is too long throws LIMIT_EXCEEDED", () => {
    expect(codeOf(() => array(text, 2)(["a", "b", "c"]))).toBe("LIMIT_EXCEEDED");
  });

  it.each<JsonValue>([{ length: 0 }, "a", [1]])("when it is not an array of such (%j) throws", (value) => {
    expect(() => array(text, 2)(value)).toThrow(MalformedError);
  });
});

describe("oneOf", () => {
  it("when the text is not in the list throws", () => {
    expect(() => oneOf("a", "b")("ab")).toThrow(MalformedError);
  });
});

describe("bytes", () => {
  it("when the text is empty throws", () => {
    expect(() => bytes("")).toThrow(MalformedError);
  });
});

describe("hex", () => {
  it.each(["ABCD", "abc", "abcdef", "zzzz"])(
    "when the text is not two bytes of lower-case hex (%s) throws",
    (value) => {
      expect(() => hex(2)(value)).toThrow(MalformedError);
    },
  );
});

describe("int64", () => {
  it("returns the integer, and 0 when absent", () => {
    expect([int64("9223372036854775807"), int64("0"), int64(undefined)]).toEqual([2n ** 63n - 1n, 0n, 0n]);
  });

  it.each<JsonValue>(["-1", "01", "1.0", "0x1", "", " 1", "1e3", "9223372036854775808", "99999999999999999999", 1])(
    "when it is %j throws",
    (value) => {
      expect(() => int64(value)).toThrow(MalformedError);
    },
  );
});

describe("timestamp", () => {
  it.each([
    ["2026-01-02T03:04:05Z", 0],
    ["2026-01-02T03:04:05.999000Z", 999],
    ["2026-01-02T03:04:05.1Z", 100],
  ])("when it is %s returns milliseconds", (value, fraction) => {
    expect(timestamp(value)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, fraction));
  });

  it.each([
    "2026-02-30T00:00:00Z",
    "2026-01-02T03:04:05",
    "2026-01-02T03:04:05+01:00",
    "2026-01-02",
    "now",
    "12026-01-02T03:04:05Z",
    "2026-01-02T03:04:05Z0",
  ])("when it is %s throws", (value) => {
    expect(() => timestamp(value)).toThrow(MalformedError);
  });
});
