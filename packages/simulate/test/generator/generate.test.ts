import { describe, expect, it } from "@jest/globals";
import { canonicalJson, digestOf } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { drawInputs, generateInputs } from "../../src/generator/generate.ts";
import { toInputModel } from "../../src/generator/pack-model.ts";
import { accepts } from "../../src/generator/schema-accepts.ts";
import { compileSchema } from "../../src/generator/schema-compile.ts";
import { GENERATOR_VERSION } from "../../src/generator/version.ts";
import { LIMIT_POLICY, LIMIT_SCHEMA, packOf, packWithSchema } from "../support/packs.ts";

const FIXED_SCHEMA: JsonValue = {
  type: "object",
  additionalProperties: false,
  required: ["who", "amount", "at"],
  properties: {
    who: { type: "string", pattern: "^[a-z][a-z0-9-]{0,20}$", examples: ["alice", "bob"] },
    amount: { type: "number", minimum: 0, maximum: 100000 },
    at: { type: "string", format: "date-time" },
    count: { type: "integer", multipleOf: 5, minimum: 0, maximum: 500 },
    tags: { type: "array", items: { enum: ["a", "b", "c"] }, uniqueItems: true, maxItems: 3 },
    how: { oneOf: [{ type: "boolean" }, { type: "string", maxLength: 5 }, { type: "null" }] },
    node: { $ref: "#/definitions/node" },
  },
  definitions: { node: { type: "object", properties: { next: { $ref: "#/definitions/node" } } } },
};
const FIXED = packOf({
  entrypoints: ["app/free/ok", "app/rules/allow", "app/rules/reasons"],
  schemas: { "app/rules": FIXED_SCHEMA },
  rego: 'package app.rules\nyear := 2262\nallow if input.amount <= data.config[_]\nwho := {"carol", "dave"}\n',
  data: { config: { limit: 350, warn_ratio: 0.8, by_who: { erin: 0.25 } }, unread: { secret: 77 } },
});

/**
 * The digest of the first thousand inputs of a small pack. A change of the generator that moves it is another generator:
 * give it a new GENERATOR_VERSION, and write its digest here.
 */
const VECTOR = {
  version: "policy-pack-inputs/1",
  digest: "sha256:5b4f6ff15790f7d9787303082fa05b8425b81fdcba0d3cdb2436acf8e21fa4f9",
};

const vectorDigest = (): string => {
  const inputs = [...generateInputs(FIXED, { seed: 42, iterations: 500 })];
  expect(inputs).toHaveLength(1000);
  return digestOf(Buffer.from(inputs.map(({ id, input }) => `${id} ${canonicalJson(input)}\n`).join("")));
};

describe("generateInputs", () => {
  it("gives the inputs of its version on every machine", () => {
    expect({ version: GENERATOR_VERSION, digest: vectorDigest() }).toEqual(VECTOR);
  });

  it("gives the same inputs again, from a model that went through JSON too", () => {
    const first = [...generateInputs(FIXED, { seed: 7, iterations: 50 })];
    const model = JSON.parse(JSON.stringify(toInputModel(FIXED))) as ReturnType<typeof toInputModel>;
    expect([...generateInputs(FIXED, { seed: 7, iterations: 50 })]).toEqual(first);
    expect([...drawInputs(model, { seed: 7, iterations: 50 })]).toEqual(first);
  });

  it("can be gone through twice", () => {
    const inputs = generateInputs(FIXED, { seed: 7, iterations: 5 });
    expect([...inputs]).toEqual([...inputs]);
  });

  it("gives the same first inputs when more are asked for, and others for another seed", () => {
    const ten = [...generateInputs(FIXED, { seed: 1, iterations: 10, entrypoint: "app/rules/allow" })];
    const twenty = [...generateInputs(FIXED, { seed: 1, iterations: 20, entrypoint: "app/rules/allow" })];
    const other = [...generateInputs(FIXED, { seed: 2, iterations: 10, entrypoint: "app/rules/allow" })];
    expect(twenty.slice(0, 10)).toEqual(ten);
    expect(other.map(({ input }) => input)).not.toEqual(ten.map(({ input }) => input));
  });

  it("names package, number, origin and a single entrypoint", () => {
    const [first] = generateInputs(FIXED, { seed: 1, iterations: 1 });
    const [only, ...others] = generateInputs(FIXED, { seed: 1, iterations: 1, entrypoint: "app/rules/allow" });
    expect(first).toMatchObject({ id: "random:app/free:0", package: "app/free", origin: "random" });
    expect(first).not.toHaveProperty("entrypoint");
    expect(only).toMatchObject({ id: "random:app/rules:0", entrypoint: "app/rules/allow" });
    expect(others).toEqual([]);
  });

  it("keeps eight of ten inputs to the schema, and breaks it in some of the others", () => {
    const root = compileSchema(FIXED_SCHEMA, "input.json");
    const inputs = [...generateInputs(FIXED, { seed: 42, iterations: 1000, entrypoint: "app/rules/allow" })];
    const kept = inputs.filter((_input, index) => index % 10 < 8);
    const broken = inputs.filter(({ input }) => !accepts(root, input)).length;
    expect(kept.filter(({ input }) => !accepts(root, input))).toEqual([]);
    expect(broken).toBeGreaterThan(100);
    expect(broken).toBeLessThanOrEqual(200);
  });

  it("draws hostile shapes: no object, null, a missing member, another type, an unknown member", () => {
    const inputs = [...generateInputs(FIXED, { seed: 42, iterations: 2000, entrypoint: "app/rules/allow" })];
    const values = inputs.map(({ input }) => input);
    const members = values.filter((value) => typeof value === "object" && value !== null) as Record<string, unknown>[];
    expect(values.some((value) => typeof value !== "object")).toBe(true);
    expect(values.some((value) => value === null)).toBe(true);
    expect(members.some((value) => !("amount" in value) && "who" in value)).toBe(true);
    expect(members.some(({ amount }) => typeof amount === "string")).toBe(true);
    expect(members.some((value) => Object.hasOwn(value, "unexpected"))).toBe(true);
  });

  it.each<readonly [string, number[]]>([
    ["a limit from data and its neighbours", [349, 349.9, 350, 350.1, 351]],
    ["the share of it where a warning begins", [279, 280, 281]],
    ["a value by name", [0.24, 0.25, 0.26]],
  ])("draws %s", (_name, wanted) => {
    const amounts = new Set(amountsOf(2000));
    expect(wanted.filter((value) => !amounts.has(value))).toEqual([]);
  });

  it("draws texts from the Rego and the data's keys, and years within date-times", () => {
    const texts = JSON.stringify([...generateInputs(FIXED, { seed: 42, iterations: 2000 })]);
    const wanted = ["carol", "dave", "erin", "2262-12-31T23:59:59Z", "2263-01-01T00:00:00Z"];
    expect(wanted.filter((text) => !texts.includes(JSON.stringify(text)))).toEqual([]);
  });

  it("leaves data alone that the package does not read", () => {
    expect(amountsOf(2000).filter((value) => value === 77)).toEqual([]);
    expect(JSON.stringify(toInputModel(FIXED))).not.toContain("secret");
  });

  it("draws values of other packages with entrypoints that the Rego reads, through further ones too, and of no others", () => {
    const rego = {
      "opa/a.rego": "package app.a\nimport data.app.b\nallow if input.x > b.limit",
      "opa/b.rego": 'package app.b\nlimit := 411 + data.app["c"].more',
      "opa/c.rego": "package app.c\nmore := 711",
      "opa/d.rego": "package app.d\nother := 911",
    };
    const files = new Map(Object.entries(rego).map(([path, text]) => [path, Buffer.from(text)]));
    const entrypoints = ["app/a/allow", "app/b/limit", "app/c/more", "app/d/other"];
    const numbers = toInputModel({ entrypoints, files, data: {} }).packages.map((one) =>
      one.numbers.map(({ value }) => value),
    );
    expect(numbers).toEqual([[411, 711], [411, 711], [711], [911]]);
  });

  it("draws anything where a package has no schema", () => {
    const inputs = [...generateInputs(packOf({ entrypoints: ["a/b/c"] }), { seed: 1, iterations: 100 })];
    expect(new Set(inputs.map(({ input }) => typeof input)).size).toBeGreaterThan(2);
  });

  it("draws by both schemas of a diff and tries most what only one pack has", () => {
    const [before, after] = [350, 420].map((limit) => {
      const schema = { ...LIMIT_SCHEMA, required: limit === 350 ? ["amount"] : ["amount", "note"] };
      return packOf({
        entrypoints: ["app/rules/allow"],
        schemas: { "app/rules": schema },
        rego: LIMIT_POLICY,
        data: { config: { limit } },
      });
    });
    if (before === undefined || after === undefined) throw new Error("two packs are given");
    const inputs = [...generateInputs(after, { seed: 42, iterations: 1000, other: before })];
    const amounts = inputs.map(({ input }) => (input as { amount?: unknown } | null)?.amount);
    expect(toInputModel(after, before).packages[0]?.schemas).toHaveLength(2);
    for (const limit of [350, 420]) expect(amounts.filter((amount) => amount === limit).length).toBeGreaterThan(20);
  });

  it.each([
    ["a seed", { seed: -1, iterations: 1 }],
    ["a seed that is no whole number", { seed: 1.5, iterations: 1 }],
    ["iterations", { seed: 1, iterations: NaN }],
    ["too many iterations", { seed: 1, iterations: 1e9 }],
    ["an entrypoint", { seed: 1, iterations: 1, entrypoint: "other/package/allow" }],
  ])("refuses %s out of range", (_name, options) => {
    expect(() => generateInputs(FIXED, options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("refuses a schema before the first input, with file and place", () => {
    const pack = packWithSchema({ properties: { a: { not: {} } } });
    const generate = (): unknown => generateInputs(pack, { seed: 1, iterations: 1 });
    expect(generate).toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
    expect(generate).toThrow("opa/schemas/app/rules/input.json#/properties/a/not ");
  });

  it.each([
    ["is no JSON", Buffer.from("{")],
    ["has two members of one name", Buffer.from('{"type": "object", "type": "string"}')],
    ["is too large", Buffer.from(JSON.stringify({ description: "x".repeat(1024 * 1024) }))],
  ])("refuses a schema that %s", (_name, bytes) => {
    const pack = { entrypoints: ["a/b"], data: {}, files: new Map([["opa/schemas/a/input.json", bytes]]) };
    expect(() => generateInputs(pack, { seed: 1, iterations: 1 })).toThrow(
      expect.objectContaining({ code: "SOURCE_INVALID" }),
    );
  });

  it("refuses more Rego than literals are read from", () => {
    const pack = packOf({ entrypoints: ["a/b"], rego: "# ".concat("x".repeat(9 * 1024 * 1024)) });
    expect(() => generateInputs(pack, { seed: 1, iterations: 1 })).toThrow(
      expect.objectContaining({ code: "SOURCE_INVALID" }),
    );
  });

  it("takes every n-th of too many boundaries", () => {
    const limits = Array.from({ length: 50_000 }, (_, index) => index);
    const pack = packOf({
      entrypoints: ["app/rules/allow"],
      rego: "package app.rules\nx := data.limits[_]",
      data: { limits },
    });
    expect(toInputModel(pack).packages[0]?.numbers.length).toBeLessThanOrEqual(1000);
  });
});

function amountsOf(iterations: number): unknown[] {
  const inputs = generateInputs(FIXED, { seed: 42, iterations, entrypoint: "app/rules/allow" });
  return [...inputs].map(({ input }) => (input as { amount?: unknown } | null)?.amount);
}
