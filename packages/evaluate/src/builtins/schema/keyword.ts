import { BuiltinError } from "../builtin.ts";
import { isJsonArray, isJsonNumber, isJsonObject } from "./document.ts";
import type { Json, JsonArray, JsonObject } from "./document.ts";
import type { SubSchema } from "./sub-schema.ts";

/** What reading a keyword needs of the compiler. */
export interface SchemaReader {
  read(document: Json, draft: number): SubSchema;
  spend(steps: number): void;
}

const INT64 = Object.freeze({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n });

export function invalidType(expected: string, given: string): BuiltinError {
  return new BuiltinError(`Invalid type. Expected: ${expected}, given: ${given}`);
}

export function isSchema(value: Json): value is boolean | JsonObject {
  return typeof value === "boolean" || isJsonObject(value);
}

export function stringOf(schema: JsonObject, key: string): string | undefined {
  const value = schema.get(key);
  if (value !== undefined && typeof value !== "string") throw invalidType("string", key);
  return value;
}

export function listOf(schema: JsonObject, key: string): JsonArray | undefined {
  const value = schema.get(key);
  if (value !== undefined && !isJsonArray(value)) throw new BuiltinError(`${key} must be of an array`);
  return value;
}

/** A count: digits alone, `1.0` is none. */
export function countOf(schema: JsonObject, key: string): bigint | undefined {
  const value = schema.get(key);
  if (value === undefined) return undefined;
  const isCount = isJsonNumber(value) && typeof value === "bigint" && value >= INT64.minimum && value <= INT64.maximum;
  if (!isCount) throw new BuiltinError(`${key} must be of an integer`);
  if (value < 0n) throw new BuiltinError(`${key} must be greater than or equal to 0`);
  return value;
}
