import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { parsePointer, valueAt } from "../../src/policy/json-pointer.ts";

/** The document of RFC 6901, 5, and what makes JavaScript differ from JSON. */
const document = JSON.parse(
  String.raw`{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
  "~1": 9, "__proto__": {"polluted": 10}, "0": 11, "null": null, "text": "text", "deep": {"": {"": 12}}, "long": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}`,
) as JsonValue;

describe("valueAt", () => {
  it("when the pointer is empty returns the document", () => {
    expect(valueAt(document, "")).toBe(document);
  });

  it.each<[string, JsonValue]>([
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/foo/1", "baz"],
    ["/long/10", 10],
    ["/long/11", 11],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/e^f", 3],
    ["/g|h", 4],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
    ["/~01", 9],
    ["/__proto__/polluted", 10],
    ["/0", 11],
    ["/null", null],
    ["/deep//", 12],
  ])("when the pointer is %j returns %j", (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it.each([
    "/foo/2",
    "/foo/-",
    "/foo/-0",
    "/foo/00",
    "/foo/01",
    "/foo/+1",
    "/foo/1.0",
    "/foo/1e0",
    "/foo/ 1",
    "/foo/",
    "/foo/length",
    "/foo/at",
    "/foo/99999999999999999999",
    "/constructor",
    "/toString",
    "/hasOwnProperty",
    "/deep/__proto__",
    "/__proto__/constructor",
    "/foo/__proto__",
    "/foo/0/0",
    "/foo/0/length",
    "/text/length",
    "/text/0",
    "/null/a",
    "/Foo",
    "/foo /0",
  ])("when the pointer is %j returns undefined", (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  });
});

describe("parsePointer", () => {
  it.each(["foo", "foo/bar", "#/foo", " /foo", "/~", "/~2", "/a~", "/~~0", "/~/0"])(
    "when the pointer is %j throws MalformedError",
    (pointer) => {
      expect(() => parsePointer(pointer)).toThrow(MalformedError);
    },
  );

  it("when the pointer is longer than the cap throws MalformedError", () => {
    const fits = "/".repeat(VERIFY_LIMITS.maxPointerLength);
    expect(parsePointer(fits)).toHaveLength(fits.length);
    expect(() => parsePointer(`${fits}/`)).toThrow(MalformedError);
  });
});
