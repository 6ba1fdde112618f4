import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { Dice } from "../../src/generator/dice.ts";
import { drawValue } from "../../src/generator/draw.ts";
import { Pools } from "../../src/generator/pools.ts";
import { accepts } from "../../src/generator/schema-accepts.ts";
import { compileSchema } from "../../src/generator/schema-compile.ts";

const pools = new Pools({
  package: "app/rules",
  schemas: [],
  numbers: [3, 0.25, 1999].map((value) => ({ value, names: ["limit"] })),
  texts: ["admin", "x y"].map((value) => ({ value, names: ["role"] })),
});

function draws(schema: JsonValue, count = 200): JsonValue[] {
  const root = compileSchema(schema, "input.json");
  return Array.from({ length: count }, (_, index) => {
    const value = drawValue(root, { dice: new Dice(index), pools, manner: index % 2 === 0 ? "plain" : "wild" });
    expect(accepts(root, value)).toBe(true);
    return value;
  });
}

describe("compileSchema", () => {
  it.each<readonly [string, JsonValue, (value: JsonValue) => boolean]>([
    ["a constant", { const: 7 }, (value) => value === 7],
    ["an enum within a type", { type: "string", enum: ["a", 1] }, (value) => value === "a"],
    ["several types", { type: ["integer", "null"] }, (value) => value === null || Number.isInteger(value)],
    ["bounds", { type: "number", exclusiveMinimum: 0, maximum: 1 }, (value) => Number(value) > 0 && Number(value) <= 1],
    ["multiples", { type: "number", multipleOf: 0.05, minimum: 1, maximum: 2 }, (value) => Number(value) >= 1],
    [
      "a length by characters",
      { type: "string", minLength: 2, maxLength: 3 },
      (value) => typeof value === "string" && /^.{2,3}$/su.test(value),
    ],
    [
      "a date-time",
      { type: "string", format: "date-time" },
      (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d[Tt]/.test(value),
    ],
    [
      "a list",
      { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 4 },
      (value) => Array.isArray(value) && value.length >= 2 && value.length <= 4,
    ],
    [
      "a list without equal items",
      { type: "array", items: { enum: [1, 2, 3] }, uniqueItems: true },
      (value) => Array.isArray(value) && new Set(value).size === value.length,
    ],
    [
      "alternatives beside other demands",
      {
        type: "object",
        required: ["a"],
        properties: { a: { type: "integer" } },
        oneOf: [{ required: ["b"] }, { required: ["c"] }],
      },
      (value) => Object.keys(value as object).some((key) => key === "b" || key === "c"),
    ],
    [
      "everything of allOf",
      {
        allOf: [
          { type: "integer", minimum: 3 },
          { type: "number", maximum: 5 },
        ],
      },
      (value) => [3, 4, 5].includes(Number(value)),
    ],
    [
      "references",
      { $ref: "#/definitions/a~1b", definitions: { "a/b": { $ref: "#/$defs/c" } }, $defs: { c: { const: 1 } } },
      (value) => value === 1,
    ],
    ["a kind told by its keywords", { maxLength: 3 }, (value) => typeof value === "string"],
    [
      "a member named as objects' own",
      {
        type: "object",
        required: ["__proto__"],
        properties: JSON.parse('{"__proto__": {"const": 1}}') as JsonValue,
        additionalProperties: false,
      },
      (value) => Object.hasOwn(value as object, "__proto__"),
    ],
  ])("draws %s", (_name, schema, holds) => {
    expect(draws(schema).filter((value) => !holds(value))).toEqual([]);
  });

  it("draws trees that end from a schema that holds itself", () => {
    const tree = {
      type: "object",
      required: ["left"],
      properties: { left: { anyOf: [{ $ref: "#" }, { type: "null" }] }, right: { $ref: "#" } },
    };
    const texts = draws(tree).map((value) => JSON.stringify(value));
    expect(new Set(texts).size).toBeGreaterThan(5);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(100_000);
  });

  it.each<readonly [string, JsonValue, string]>([
    ["an unknown keyword", { properties: { a: { patternProperties: {} } } }, "#/properties/a/patternProperties"],
    ["not", { not: {} }, "#/not"],
    ["if", { if: {} }, "#/if"],
    ["a tuple", { type: "array", items: [{}] }, "#/items"],
    ["another format", { type: "string", format: "ipv4" }, "#/format"],
    [
      "a pattern beyond the subset",
      { properties: { a: { type: "string", pattern: "(?=x)" } } },
      "#/properties/a/pattern",
    ],
    ["a count beyond reason", { type: "string", pattern: "^a{1000000}$" }, "#/pattern"],
    ["a reference outside", { $ref: "https://example.com/schema" }, "#/$ref"],
    ["a reference to nothing", { $ref: "#/definitions/x" }, "#/$ref"],
    [
      "a reference with demands beside it",
      { $ref: "#/definitions/x", type: "string", definitions: { x: {} } },
      "#/type",
    ],
    ["references in a circle", { $ref: "#/definitions/x", definitions: { x: { $ref: "#/definitions/x" } } }, "#/$ref"],
    ["two anyOf at one place", { anyOf: [{}], oneOf: [{}] }, "#/oneOf"],
    ["a type that is none", { type: "text" }, "#/type"],
    ["types that exclude each other", { allOf: [{ type: "string" }, { type: "null" }] }, "#/type"],
    ["an enum without a value", { type: "string", enum: [1] }, "#"],
    ["no number", { type: "number", minimum: 2, maximum: 1 }, "#"],
    ["a step of nothing", { type: "number", multipleOf: 0 }, "#/multipleOf"],
    ["no text", { type: "string", minLength: 3, maxLength: 2 }, "#"],
    ["a pattern against a length", { type: "string", pattern: "^a{9}$", maxLength: 2 }, "#"],
    ["a length that is none", { type: "string", minLength: -1 }, "#/minLength"],
    ["no list", { type: "array", minItems: 2, maxItems: 1 }, "#"],
    ["a member demanded and forbidden", { required: ["a"], properties: { a: false } }, "#"],
    ["false", false, "#"],
    ["what is no schema", { properties: { a: 1 } }, "#/properties/a"],
    ["a tree without an end", { type: "object", required: ["a"], properties: { a: { $ref: "#" } } }, "#"],
  ])("refuses %s at its place", (_name, schema, place) => {
    const compile = (): unknown => compileSchema(schema, "input.json");
    expect(compile).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
    expect(compile).toThrow(`input.json${place} `);
  });

  it("refuses references that demand more and more values", () => {
    const level = (index: number): JsonValue => ({
      type: "object",
      required: ["a", "b"],
      properties: { a: { $ref: `#/definitions/x${index}` }, b: { $ref: `#/definitions/x${index}` } },
    });
    const definitions = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x${index}`, level(index + 1)]));
    const schema = { $ref: "#/definitions/x0", definitions: { ...definitions, x30: { const: 1 } } };
    expect(() => compileSchema(schema, "input.json")).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  it("refuses references within references without an end of the stack", () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `x${index}`,
        { properties: { a: { $ref: `#/definitions/x${index + 1}` } } },
      ]),
    );
    const schema = { $ref: "#/definitions/x0", definitions: { ...definitions, x5000: {} } };
    expect(() => compileSchema(schema, "input.json")).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
  });

  it("reads a schema of many fields in a moment, and refuses one of too many", () => {
    const wide = (count: number): JsonValue => ({
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`field${index}`, { type: "string", pattern: "^[a-z]{1,9}$" }]),
      ),
    });
    const start = process.cpuUsage();
    draws(wide(5000), 50);
    expect(process.cpuUsage(start).user).toBeLessThan(10_000_000);
    expect(() => compileSchema(wide(11_000), "input.json")).toThrow(
      expect.objectContaining({ code: "SOURCE_INVALID" }),
    );
  });
});
