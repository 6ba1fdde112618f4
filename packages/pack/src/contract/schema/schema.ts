import { canonicalJson } from "../../canonical-json.ts";
import { isJsonObject } from "../../json.ts";
import type { JsonObject, JsonValue } from "../../json.ts";

/** A JSON Schema as an object; `true` is the empty one, and `false` stays what takes nothing. */
export type Schema = JsonObject | false;

export const ANYTHING: JsonObject = Object.freeze({});

/** The value as a schema; undefined for what is none. What a keyword leaves out takes anything. */
export function toSchema(value: JsonValue | undefined): Schema | undefined {
  if (value === undefined || value === true) return ANYTHING;
  return value === false || isJsonObject(value) ? value : undefined;
}

/** A member of its own: `constructor` is none unless the document has it. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The members of an object under a key; none when it is absent or no object. */
export function membersOf(schema: JsonObject, key: string): ReadonlyMap<string, JsonValue> {
  const value = member(schema, key);
  return new Map(isJsonObject(value) ? Object.entries(value) : []);
}

/** The array under a key; undefined when it is absent or no array. */
export function arrayOf(schema: JsonObject, key: string): readonly JsonValue[] | undefined {
  const value = member(schema, key);
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
}

export function isSame(base: JsonValue | undefined, next: JsonValue | undefined): boolean {
  if (base === undefined || next === undefined) return base === next;
  return canonicalJson(base) === canonicalJson(next);
}
