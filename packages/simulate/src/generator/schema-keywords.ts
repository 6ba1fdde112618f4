import { ConfigError, isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";

/** Keywords that describe and demand nothing. */
const ANNOTATIONS = [
  ...["$schema", "$id", "id", "$comment", "$anchor", "title", "description", "default", "examples"],
  ...["definitions", "$defs", "deprecated", "readOnly", "writeOnly"],
];
const DEMANDS = [
  ...["type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems"],
  ...["uniqueItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength"],
  ...["maxLength", "pattern", "format", "anyOf", "oneOf", "allOf", "$ref"],
];
const KNOWN = new Set([...ANNOTATIONS, ...DEMANDS]);

export const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
export type SchemaType = (typeof TYPES)[number];

/** A schema as an object, with where it stands. */
export interface SchemaPart {
  readonly at: string;
  readonly keywords: JsonObject;
  /** Its own `anyOf` or `oneOf` is decided: a branch stands beside it. */
  readonly isBranched: boolean;
}

/** Refuses what the generator does not support, by name and place. */
export function refuseSchema(at: string, what: string): never {
  throw new ConfigError("SOURCE_INVALID", `${at} ${what}; inputs cannot be drawn from it. See docs/simulation.md.`);
}

/** Refuses the first keyword that is not known. */
export function checkKeywords(at: string, keywords: JsonObject): void {
  const unknown = Object.keys(keywords).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) refuseSchema(`${at}/${unknown.slice(0, 100)}`, "is a keyword that is not supported");
  const { format, $ref } = keywords as { readonly format?: JsonValue; readonly $ref?: JsonValue };
  if (format !== undefined && format !== "date-time") {
    refuseSchema(`${at}/format`, `is ${JSON.stringify(format).slice(0, 100)}; only date-time is supported`);
  }
  if ($ref === undefined) return;
  const beside = Object.keys(keywords).find((name) => DEMANDS.includes(name) && name !== "$ref");
  if (beside !== undefined) refuseSchema(`${at}/${beside}`, "stands beside a $ref, which readers take differently");
}

/** The types that the parts allow together; undefined where none names any. */
export function typesOf(parts: readonly SchemaPart[]): readonly SchemaType[] | undefined {
  let allowed: readonly SchemaType[] | undefined;
  for (const { at, keywords } of parts) {
    const { type } = keywords as { readonly type?: JsonValue };
    if (type === undefined) continue;
    const named = (Array.isArray(type) ? (type as readonly JsonValue[]) : [type]).map(
      (name) => TYPES.find((known) => known === name) ?? refuseSchema(`${at}/type`, "is no type of JSON Schema"),
    );
    allowed = allowed === undefined ? named : intersect(allowed, named);
  }
  return allowed;
}

function intersect(left: readonly SchemaType[], right: readonly SchemaType[]): readonly SchemaType[] {
  const both = left.filter((type) => right.includes(type) || (type === "integer" && right.includes("number")));
  const whole = right.includes("integer") && left.includes("number") && !both.includes("integer");
  return whole ? [...both.filter((type) => type !== "number"), "integer"] : both;
}

/** A number of each part that gives the keyword one. */
export function numbersOf(parts: readonly SchemaPart[], keyword: string): readonly number[] {
  return parts.flatMap(({ at, keywords }) => {
    const value = keywords[keyword];
    if (value === undefined) return [];
    return typeof value === "number" ? [value] : refuseSchema(`${at}/${keyword}`, "is no number");
  });
}

/** A size of each part that gives the keyword one. */
export function sizesOf(parts: readonly SchemaPart[], keyword: string): readonly number[] {
  const sizes = numbersOf(parts, keyword);
  if (sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) return sizes;
  return refuseSchema(`${parts[0]?.at ?? "#"}/${keyword}`, "is no whole number from 0");
}

/** The object under a keyword; none where the part has not the keyword. */
export function mapOf({ at, keywords }: SchemaPart, keyword: string): ReadonlyMap<string, JsonValue> {
  const value = keywords[keyword];
  if (value === undefined) return new Map();
  return isJsonObject(value) ? new Map(Object.entries(value)) : refuseSchema(`${at}/${keyword}`, "is no object");
}

/** The list under a keyword; undefined where the part has not the keyword. */
export function listOf({ at, keywords }: SchemaPart, keyword: string): readonly JsonValue[] | undefined {
  const value = keywords[keyword];
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly JsonValue[]) : refuseSchema(`${at}/${keyword}`, "is no list");
}
