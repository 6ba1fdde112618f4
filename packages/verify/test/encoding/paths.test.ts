import { describe, expect, it } from "@jest/globals";
import { object, optional, text } from "../../src/encoding/fields.ts";
import type { Field } from "../../src/encoding/fields.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { nearestName } from "../../src/encoding/nearest-name.ts";
import { withoutNull } from "../../src/policy/exact-fields.ts";

/** What the field says of the value: where it is malformed, and by what. */
function failureOf(field: Field<unknown>, value: Parameters<Field<unknown>>[0]): MalformedError {
  try {
    field(value);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MalformedError);
    return thrown as MalformedError;
  }
  throw new Error("nothing was thrown");
}

describe("object", () => {
  it("when something deep inside is wrong tells the way to it, and keeps what it was", () => {
    const cause = new Error("deep inside");
    const broken: Field<string> = () => {
      throw new MalformedError("is broken", { cause });
    };
    expect(failureOf(object({ a: object({ b: text }) }), { a: { b: 1 } })).toMatchObject({ path: ["a", "b"] });
    expect(failureOf(object({ a: object({ b: broken }) }), { a: {} }).cause).toBe(cause);
    expect("cause" in failureOf(object({ a: text }), { a: 1 })).toBe(false);
  });
});

describe("withoutNull", () => {
  it("when a field is null tells which", () => {
    expect(failureOf(withoutNull(object({ a: optional(text) })), { a: null })).toMatchObject({ path: ["a"] });
  });
});

describe("nearestName", () => {
  it.each([
    ["abcdef", "abcdex"],
    ["ABCDEF", "abcdex"],
    ["abcdxx", "abcdxx"],
    ["a", undefined],
    ["uvwxyz", undefined],
  ])("of %s is %s", (name, nearest) => {
    expect(nearestName(name, ["abcdxx", "abcdex"])).toBe(nearest);
  });

  it("of a name that is too long is none", () => {
    const longest = "x".repeat(60);
    expect(nearestName(longest, [longest])).toBe(longest);
    expect(nearestName(`${longest}x`, [`${longest}x`])).toBeUndefined();
  });
});
