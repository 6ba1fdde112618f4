import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { findNarrowings } from "../../src/contract/schema/narrowing.ts";
import type { JsonValue } from "../../src/json.ts";

const INPUT = {
  type: "object",
  additionalProperties: false,
  required: ["snapshot"],
  properties: {
    snapshot: {
      type: "object",
      required: ["service"],
      properties: {
        service: { type: "string", minLength: 1, maxLength: 63, pattern: "^[a-z]+$" },
        p95Ms: { type: "number", minimum: 0, maximum: 100 },
        kind: { enum: ["a", "b", 3, null] },
        tags: { type: "array", minItems: 0, maxItems: 9, items: { type: "string" } },
      },
    },
    cost: { type: ["number", "null"] },
  },
} as const;

type Change = readonly [path: string, value: JsonValue | undefined];

/** The schema with places changed, each reached by a path of keys. */
function changed(...changes: readonly Change[]): JsonValue {
  const top = structuredClone(INPUT) as unknown as Record<string, unknown>;
  for (const [path, value] of changes) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let place = top;
    for (const key of keys) place = place[key] as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(place, last);
    else place[last] = value;
  }
  return top as JsonValue;
}

const S = "properties.snapshot";
const P = `${S}.properties`;

describe("findNarrowings", () => {
  it.each(["abac", "approval", "budget", "promotion"])("when given cos/%s twice finds nothing", (name) => {
    const url = new URL(`../../../../contracts/policy-pack/v0/opa/schemas/cos/${name}/input.json`, import.meta.url);
    const schema = JSON.parse(readFileSync(url, "utf8")) as JsonValue;
    expect(findNarrowings(schema, structuredClone(schema))).toEqual([]);
  });

  it.each<[string, readonly Change[], string]>([
    ["a field is gone", [["properties.cost", undefined]], "cost"],
    ["a nested field is gone", [[`${P}.p95Ms`, undefined]], "snapshot.p95Ms"],
    [
      "a field is gone, and any other is taken",
      [
        ["properties.cost", undefined],
        ["additionalProperties", true],
      ],
      "cost",
    ],
    ["all fields are gone", [[S, true]], "snapshot.service"],
    ["a field is required", [["required", ["snapshot", "cost"]]], "cost"],
    ["a nested field is required", [[`${S}.required`, ["service", "p95Ms"]]], "snapshot.p95Ms"],
    [
      "a new field is required",
      [
        ["properties.more", {}],
        ["required", ["snapshot", "more"]],
      ],
      "more",
    ],
    ["a type is another", [[`${P}.service.type`, "number"]], "snapshot.service"],
    ["a number must be whole", [[`${P}.p95Ms.type`, "integer"]], "snapshot.p95Ms"],
    ["one type of two is gone", [["properties.cost.type", "number"]], "cost"],
    ["a type is named where none was", [[`${P}.kind.type`, "string"]], "snapshot.kind"],
    ["a value of an enum is gone", [[`${P}.kind.enum`, ["a", "b", 3]]], "snapshot.kind"],
    ["an enum becomes a constant", [[`${P}.kind`, { const: "a" }]], "snapshot.kind"],
    ["an enum is added", [[`${P}.service.enum`, ["x"]]], "snapshot.service"],
    ["a constant is added", [[`${P}.p95Ms.const`, 3]], "snapshot.p95Ms"],
    ["the minimum is higher", [[`${P}.p95Ms.minimum`, 0.5]], "snapshot.p95Ms"],
    ["the minimum is exclusive", [[`${P}.p95Ms.exclusiveMinimum`, 0]], "snapshot.p95Ms"],
    ["the maximum is lower", [[`${P}.p95Ms.maximum`, 99]], "snapshot.p95Ms"],
    ["the maximum is exclusive", [[`${P}.p95Ms.exclusiveMaximum`, 100]], "snapshot.p95Ms"],
    ["a minimum is added", [["properties.cost.minimum", -5]], "cost"],
    ["a maximum is added", [["properties.cost.exclusiveMaximum", 5]], "cost"],
    ["the bound is draft 4's", [[`${P}.p95Ms.exclusiveMaximum`, true]], "snapshot.p95Ms"],
    ["only multiples are taken", [[`${P}.p95Ms.multipleOf`, 2]], "snapshot.p95Ms"],
    ["a text must be longer", [[`${P}.service.minLength`, 2]], "snapshot.service"],
    ["a text must be shorter", [[`${P}.service.maxLength`, 62]], "snapshot.service"],
    ["the pattern is another", [[`${P}.service.pattern`, "^[a-z0-9]+$"]], "snapshot.service"],
    ["a format is added", [[`${P}.service.format`, "hostname"]], "snapshot.service"],
    ["an encoding is added", [[`${P}.service.contentEncoding`, "base64"]], "snapshot.service"],
    ["a content type is added", [[`${P}.service.contentMediaType`, "text/html"]], "snapshot.service"],
    ["more items are needed", [[`${P}.tags.minItems`, 1]], "snapshot.tags"],
    ["fewer items are taken", [[`${P}.tags.maxItems`, 8]], "snapshot.tags"],
    ["items must be unique", [[`${P}.tags.uniqueItems`, true]], "snapshot.tags"],
    ["an item's type is another", [[`${P}.tags.items`, { type: "number" }]], "snapshot.tags[]"],
    ["no items are taken", [[`${P}.tags.items`, false]], "snapshot.tags[]"],
    ["the first item is another", [[`${P}.tags.items`, [{ type: "null" }, { type: "string" }]]], "snapshot.tags[0]"],
    [
      "a tuple ends",
      [
        [`${P}.tags.prefixItems`, [true]],
        [`${P}.tags.items`, false],
      ],
      "snapshot.tags[]",
    ],
    ["items must contain something", [[`${P}.tags.contains`, { const: "x" }]], "snapshot.tags"],
    ["undeclared fields are refused", [[`${S}.additionalProperties`, false]], "snapshot"],
    ["undeclared fields have a type", [[`${S}.additionalProperties`, { type: "string" }]], "snapshot.*"],
    ["a name that was taken is refused", [[`${P}.other`, false]], "snapshot.other"],
    ["more fields are needed", [[`${S}.minProperties`, 2]], "snapshot"],
    ["fewer fields are taken", [[`${S}.maxProperties`, 2]], "snapshot"],
    ["a rule for names is added", [[`${S}.propertyNames`, { maxLength: 3 }]], "snapshot"],
    ["a rule for some names is added", [[`${S}.patternProperties`, { "^x": { type: "string" } }]], "snapshot.<^x>"],
    ["a field needs another", [[`${S}.dependentRequired`, { p95Ms: ["kind"] }]], "snapshot"],
    ["a field needs another (draft 7)", [[`${S}.dependencies`, { p95Ms: ["kind"] }]], "snapshot"],
    [
      "a condition is added",
      [
        [`${S}.if`, {}],
        [`${S}.then`, { required: ["kind"] }],
      ],
      "snapshot",
    ],
    ["something is excluded", [[`${P}.service.not`, { const: "x" }]], "snapshot.service"],
    ["one of several is needed", [[`${S}.oneOf`, [{ required: ["kind"] }]]], "snapshot"],
    ["any of several is needed", [[`${S}.anyOf`, [{ required: ["kind"] }]]], "snapshot"],
    ["all of several are needed", [[`${S}.allOf`, [{ required: ["kind"] }]]], "snapshot"],
    ["nothing is taken", [[`${P}.kind`, false]], "snapshot.kind"],
    ["a keyword is not known", [[`${P}.kind.unevaluatedProperties`, false]], "snapshot.kind"],
    ["there is no schema", [[`${P}.kind`, 3]], "snapshot.kind"],
    ["a reference leads elsewhere", [[`${P}.kind`, { $ref: "https://example.test/kind.json" }]], "snapshot.kind"],
    ["a reference leads nowhere", [[`${P}.kind`, { $ref: "#/definitions/none" }]], "snapshot.kind"],
    [
      "a reference is a ring",
      [
        [`${P}.kind`, { $ref: "#/definitions/a" }],
        ["definitions", { a: { $ref: "#/definitions/a" } }],
      ],
      "snapshot.kind",
    ],
    [
      "a reference leads to less",
      [
        [`${P}.kind`, { $ref: "#/definitions/a~1b%25" }],
        ["definitions", { "a/b%": { enum: ["a"] } }],
      ],
      "snapshot.kind",
    ],
    [
      "something stands beside a reference",
      [
        [`${P}.kind`, { $ref: "#/definitions/a", minLength: 3 }],
        ["definitions", { a: INPUT.properties.snapshot.properties.kind }],
      ],
      "snapshot.kind",
    ],
  ])("when %s finds it at its place", (_what, changes, at) => {
    expect(findNarrowings(INPUT, changed(...changes)).map((found) => found.at)).toContain(at);
  });

  it.each<[string, readonly Change[]]>([
    ["nothing changed", []],
    ["a field that may be left out is new", [["properties.more", { type: "string" }]]],
    ["such a field is new in an open object", [[`${P}.more`, { type: "string" }]]],
    ["undeclared fields are taken", [["additionalProperties", true]]],
    ["undeclared fields of a kind are taken", [["additionalProperties", { type: "string" }]]],
    [
      "a field is no longer required",
      [
        ["required", []],
        [`${S}.required`, undefined],
      ],
    ],
    ["a type is added", [["properties.cost.type", ["number", "null", "string"]]]],
    ["no type is named any more", [["properties.cost.type", undefined]]],
    ["a value is added", [[`${P}.kind.enum`, ["x", null, 3, "b", "a"]]]],
    ["any value is taken", [[`${P}.kind`, true]]],
    ["limits are wider", [[`${P}.p95Ms`, { type: "number", exclusiveMinimum: -1, maximum: 101 }]]],
    [
      "limits are gone",
      [
        [`${P}.p95Ms`, { type: "number" }],
        [`${P}.service`, { type: "string" }],
      ],
    ],
    [
      "limits are of other kinds",
      [
        [`${P}.p95Ms.minLength`, 5],
        [`${P}.service.minimum`, 5],
        ["properties.cost.minItems", 5],
        ["properties.cost.required", ["x"]],
      ],
    ],
    [
      "texts and lists may be longer and shorter",
      [
        [`${P}.service.minLength`, 0],
        [`${P}.tags.maxItems`, 10],
      ],
    ],
    [
      "only its words changed",
      [
        ["title", "x"],
        [`${P}.kind.description`, "y"],
        [`${P}.kind.examples`, ["a"]],
        [`${P}.kind.x-note`, 1],
        ["$comment", "z"],
        ["definitions", { a: false }],
      ],
    ],
    [
      "the same stands behind a reference",
      [
        [`${P}.kind`, { $ref: "#/$defs/a", title: "x" }],
        ["$defs", { a: { $ref: "#/$defs/b" }, b: INPUT.properties.snapshot.properties.kind }],
      ],
    ],
    ["a reference to itself is in a new field", [["properties.more", { $ref: "#" }]]],
  ])("when %s finds nothing", (_what, changes) => {
    expect(findNarrowings(INPUT, changed(...changes))).toEqual([]);
  });
});
