import { BuiltinError } from "../builtin.ts";
import { isJsonNumber } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { ANY_DRAFT, DRAFT_4 } from "./drafts.ts";
import { invalidType } from "./keyword.ts";
import { toDecimal } from "./number.ts";
import type { Decimal } from "./number.ts";
import type { SubSchema } from "./sub-schema.ts";

const BOUNDS = [
  { key: "minimum", exclusiveKey: "exclusiveMinimum" },
  { key: "maximum", exclusiveKey: "exclusiveMaximum" },
] as const;
type Bound = (typeof BOUNDS)[number];

export function readNumberKeywords(document: JsonObject, schema: SubSchema): void {
  readMultiple(document, schema);
  for (const bound of BOUNDS) {
    const value = document.get(bound.key);
    if (value !== undefined) schema[bound.key] = readBound(value, bound.key);
    const exclusive = document.get(bound.exclusiveKey);
    if (exclusive !== undefined) readExclusive(exclusive, bound, schema);
  }
}

function readMultiple(document: JsonObject, schema: SubSchema): void {
  const value = document.get("multipleOf");
  if (value === undefined) return;
  const multiple = isJsonNumber(value) ? toDecimal(value) : undefined;
  if (multiple === undefined) throw invalidType("Number", "multipleOf");
  if (multiple.digits <= 0n) throw new BuiltinError("multipleOf must be strictly greater than 0");
  schema.multipleOf = multiple;
}

function readBound(value: Json, key: string): Decimal {
  const bound = isJsonNumber(value) ? toDecimal(value) : undefined;
  if (bound === undefined) throw new BuiltinError(`${key} must be of a Number`);
  return bound;
}

/** Draft 4 has a boolean that sharpens the other keyword, the later drafts a bound of its own. */
function readExclusive(value: Json, bound: Bound, schema: SubSchema): void {
  const { draft } = schema;
  if (typeof value === "boolean" && (draft === DRAFT_4 || draft === ANY_DRAFT)) {
    sharpen(value, bound, schema);
    return;
  }
  if (draft === DRAFT_4) throw invalidType("boolean", bound.exclusiveKey);
  if (!isJsonNumber(value)) {
    throw invalidType(draft === ANY_DRAFT ? "boolean/number" : "number", bound.exclusiveKey);
  }
  const limit = toDecimal(value);
  if (limit !== undefined) schema[bound.exclusiveKey] = limit;
}

function sharpen(isExclusive: boolean, { key, exclusiveKey }: Bound, schema: SubSchema): void {
  const limit = schema[key];
  if (limit === undefined) throw new BuiltinError(`${exclusiveKey} cannot be used without ${key}`);
  if (!isExclusive) return;
  schema[exclusiveKey] = limit;
  schema[key] = undefined;
}
