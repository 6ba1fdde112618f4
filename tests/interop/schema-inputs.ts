import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "./random.ts";

/** The part of JSON Schema that the packs' input schemas use. */
interface Schema {
  readonly type: "object" | "string" | "number" | "integer" | "boolean";
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

/** What `decide` and OPA's API are asked with; `undefined` is no input document at all. */
export const ODD_INPUTS = [undefined, null, false, true, 0, -1, 1.5, "", "x", [], [null], {}, { input: {} }] as const;

/** Values of another type than any leaf wants, or at the edge of it. */
const ODD_VALUES = [null, false, true, 0, -1, 0.1, 1e12, 1e12 + 1, "", " ", "0", [], ["acme"], {}, { a: 1 }] as const;

const TEXTS = ["a", "Alice", "alice ", "a\u0001b", "é", "日本", "\u{1d518}", '"\\', "t&s", "2", "9999"] as const;
const DATES = [
  "2099-12-31T23:59:59.999999999Z",
  "2099-06-30T12:00:00+02:00",
  "9999-12-31T23:59:59Z",
  "2262-04-11T23:47:17Z",
  "1969-12-31T23:59:59Z",
  "0001-01-01T00:00:00Z",
  "2099-02-30T00:00:00Z",
  "2099-12-31",
  "2099-12-31 23:59:59Z",
  "2099-12-31t23:59:59z",
  "2099-12-31T24:00:00Z",
  "12345-01-01T00:00:00Z",
] as const;

/** The schema of a package's input, such as `cos/abac`, from a pack's source. */
export function readSchema(source: string, packagePath: string): Schema {
  return JSON.parse(readFileSync(join(source, "opa", "schemas", packagePath, "input.json"), "utf8")) as Schema;
}

/**
 * An input as the schema describes it or nearly: most leaves from the schema's examples, so that allows happen, some from
 * its range, and now and then a field that is missing, unknown or of another type.
 */
export function drawInput(schema: Schema, random: Random): unknown {
  const oddness = random.pick([0, 0, 0, 0.03, 0.15]);
  return draw(schema, random, oddness);
}

function draw(schema: Schema, random: Random, oddness: number): unknown {
  if (random.chance(oddness)) return random.pick(ODD_VALUES);
  if (schema.type === "object") return drawObject(schema, random, oddness);
  if (schema.examples !== undefined && random.chance(0.7)) return random.pick(schema.examples);
  switch (schema.type) {
    case "boolean":
      return random.chance(0.5);
    case "string":
      return schema.format === "date-time" ? random.pick(DATES) : random.pick(TEXTS);
    case "integer":
      return Math.floor(drawNumber(schema, random));
    case "number":
      return drawNumber(schema, random);
  }
}

function drawObject({ properties = {}, required = [] }: Schema, random: Random, oddness: number): unknown {
  const fields = Object.entries(properties).filter(([name]) =>
    random.chance(required.includes(name) ? 1 - oddness : 0.5),
  );
  const unknownField = random.chance(oddness) ? [["unknown", random.pick(ODD_VALUES)] as const] : [];
  return Object.fromEntries([
    ...fields.map(([name, field]) => [name, draw(field, random, oddness)] as const),
    ...unknownField,
  ]);
}

/** Small and large alike, of few or all digits. */
function drawNumber({ minimum = 0, maximum = 1 }: Schema, random: Random): number {
  const span = random.chance(0.5) ? Math.min(maximum - minimum, 1_000) : maximum - minimum;
  const value = minimum + random.next() * span;
  return random.chance(0.5) ? value : Math.round(value * 100) / 100;
}
