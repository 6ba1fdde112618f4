import { describe, expect, it } from "@jest/globals";
import { findNarrowings } from "../../src/contract/schema/narrowing.ts";
import type { JsonValue } from "../../src/json.ts";

const places = (base: JsonValue, next: JsonValue): readonly string[] => findNarrowings(base, next).map(({ at }) => at);

/** Definitions each of which has fields that lead on to others, by how many places further they stand. */
function web(size: number, fields: Readonly<Record<string, number>>): JsonValue {
  const toProperties = (index: number): JsonValue =>
    Object.fromEntries(Object.entries(fields).map(([key, by]) => [key, { $ref: `#/$defs/d${(index + by) % size}` }]));
  const $defs = Array.from({ length: size }, (_, index) => [`d${index}`, { properties: toProperties(index) }] as const);
  return { $ref: "#/$defs/d0", $defs: Object.fromEntries($defs) };
}

describe("findNarrowings", () => {
  it.each<[string, JsonValue, JsonValue, readonly string[]]>([
    ["a field that was refused is still not there", { properties: { a: false } }, {}, []],
    ["what took nothing takes something", false, { type: "string" }, []],
    [
      "the schema of all further fields loses one",
      { additionalProperties: { properties: { x: {} } } },
      { additionalProperties: true },
      ["*.x"],
    ],
    [
      "a new field takes less than all further ones did",
      { additionalProperties: { type: "string" } },
      { additionalProperties: { type: "string" }, properties: { a: { type: "string", maxLength: 3 } } },
      ["a"],
    ],
    ["names by pattern are gone", { patternProperties: { "^x": {} } }, {}, ["<^x>"]],
    [
      "names by pattern take less",
      { patternProperties: { "^x": {} } },
      { patternProperties: { "^x": { type: "null" } } },
      ["<^x>"],
    ],
    [
      "an exclusive bound becomes inclusive",
      { exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { minimum: 0, maximum: 9 },
      [],
    ],
    ["a multiple becomes a divisor of it", { multipleOf: 6 }, { multipleOf: 3 }, []],
    ["a divisor becomes a multiple of it", { multipleOf: 3 }, { multipleOf: 6 }, [""]],
    ["a draft 4 bound stays", { maximum: 3, exclusiveMaximum: true }, { maximum: 3, exclusiveMaximum: true }, []],
    [
      "the items of draft 7 become those of 2020-12",
      { items: [{ type: "string" }], additionalItems: false },
      { prefixItems: [{ type: "string" }], items: false },
      [],
    ],
    [
      "further items lose a field",
      { items: [{}], additionalItems: { properties: { x: {} } } },
      { items: [{}] },
      ["[].x"],
    ],
    ["a branch takes less", { anyOf: [{ maxLength: 5 }] }, { anyOf: [{ maxLength: 4 }] }, [""]],
    [
      "a branch is added to choose",
      { anyOf: [{ type: "string" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
      [],
    ],
    [
      "a branch to choose is gone",
      { anyOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "string" }] },
      [""],
    ],
    ["a branch is demanded besides", { allOf: [{}] }, { allOf: [{}, {}] }, [""]],
    ["a field in a branch is gone", { allOf: [{ properties: { x: {} } }] }, { allOf: [{}] }, ["x"]],
    ["branches are gone", { allOf: [{ properties: { x: {} } }] }, {}, [""]],
    ["one of several stays", { oneOf: [{ type: "string" }] }, { oneOf: [{ type: "string" }] }, []],
    [
      "one of several stays, and what it refers to changed",
      { oneOf: [{ $ref: "#/$defs/a" }], $defs: { a: {} } },
      { oneOf: [{ $ref: "#/$defs/a" }], $defs: { a: false } },
      [""],
    ],
    [
      "an $id of its own has references lead to less",
      { properties: { a: { items: { $ref: "#/$defs/s" } } }, $defs: { s: {} } },
      {
        properties: { a: { $id: "https://example.test/a", items: { $ref: "#/$defs/s" }, $defs: { s: false } } },
        $defs: { s: {} },
      },
      ["a"],
    ],
    [
      "a field below an $id of its own takes less by the document's own references",
      { properties: { a: { $id: "b", items: { $ref: "#/$defs/s" }, $defs: { s: {} } } }, $defs: { s: {} } },
      { properties: { a: { $id: "b", items: { $ref: "#/$defs/s" }, $defs: { s: false } } }, $defs: { s: {} } },
      ["a"],
    ],
    ["an $id that is a mere fragment comes", { properties: { a: {} } }, { properties: { a: { $id: "#a" } } }, []],
    ["the document's own $id is another", { $id: "a", properties: {} }, { $id: "b", properties: {} }, []],
    [
      "a dialect makes words count that did not",
      { $schema: "http://json-schema.org/draft-04/schema#", const: 1 },
      { $schema: "http://json-schema.org/draft-07/schema#", const: 1 },
      [""],
    ],
    [
      "a dialect is spelled otherwise",
      { $schema: "http://json-schema.org/draft-07/schema#" },
      { $schema: "http://json-schema.org/draft-07/schema" },
      [],
    ],
    [
      "a new field takes less than names of its pattern did",
      { patternProperties: { "^x-": { type: "string" } } },
      { patternProperties: { "^x-": { type: "string" } }, properties: { "x-a": { enum: ["1"] } } },
      ["x-a"],
    ],
    [
      "a new field is of no pattern",
      { patternProperties: { "^x-": { type: "string" } } },
      { patternProperties: { "^x-": { type: "string" } }, properties: { count: { type: "integer" } } },
      [],
    ],
    [
      "a new field may be of a pattern that cannot be read",
      { patternProperties: { "(": { type: "string" } } },
      { patternProperties: { "(": { type: "string" } }, properties: { count: { type: "integer" } } },
      ["count"],
    ],
    ["an exclusion is gone", { not: { const: 1 } }, {}, []],
    ["an exclusion is another", { not: { const: 1 } }, { not: { const: 2 } }, [""]],
    [
      "a reference to elsewhere stays in the same document",
      { $ref: "https://example.test/a" },
      { $ref: "https://example.test/a" },
      [],
    ],
    [
      "behind the same reference is less",
      { $ref: "#/$defs/a", $defs: { a: { maximum: 9 } } },
      { $ref: "#/$defs/a", $defs: { a: { maximum: 8 } } },
      [""],
    ],
    [
      "beside the same reference is less",
      { $ref: "#/$defs/a", maximum: 9, $defs: { a: {} } },
      { $ref: "#/$defs/a", maximum: 8, $defs: { a: {} } },
      [""],
    ],
    [
      "a reference gives way to what it led to",
      { $ref: "#/$defs/a", $defs: { a: { maximum: 9 } } },
      { maximum: 9 },
      [],
    ],
    [
      "a tree refers to itself and loses a field",
      { properties: { x: {}, kids: { items: { $ref: "#" } } } },
      { properties: { kids: { items: { $ref: "#" } } } },
      ["x"],
    ],
    [
      "a field is named like a member of every object",
      { properties: { constructor: {} } },
      { properties: {} },
      ["constructor"],
    ],
    ["a field is required that is named like one", {}, { required: ["__proto__"] }, ["__proto__"]],
    ["values that are equal are written in another order", { enum: [{ a: 1, b: 2 }] }, { enum: [{ b: 2, a: 1 }] }, []],
  ])("when %s finds just that", (_what, base, next, found) => {
    expect(places(base, next)).toEqual(found);
  });

  it("when references lead deeper than a stack goes finds what is there", () => {
    const [base, next] = [web(5_000, { x: 1 }), web(5_000, { x: 1, y: 1 })];
    expect(places(base, next)).toEqual([]);
    expect(places(next, base)).toContain("y");
  });

  it("when every pair of places would be compared throws LIMIT_EXCEEDED", () => {
    const fields = { a: 1, b: 7 };
    expect(() => findNarrowings(web(401, fields), web(409, fields))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });
});
