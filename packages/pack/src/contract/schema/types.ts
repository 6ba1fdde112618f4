import { isJsonObject } from "../../json.ts";
import type { JsonObject, JsonValue } from "../../json.ts";
import { canonicalJson } from "../../canonical-json.ts";
import { arrayOf, member } from "./schema.ts";

/** The kinds of values that a schema may take; `number` is `integer` and `fraction`. */
export type Kind = "null" | "boolean" | "object" | "array" | "string" | "integer" | "fraction";

const ALL: readonly Kind[] = ["null", "boolean", "object", "array", "string", "integer", "fraction"];

/** The kinds that a schema's `type`, `enum` and `const` leave. */
export function kindsOf(schema: JsonObject): ReadonlySet<Kind> {
  const type = member(schema, "type");
  const named = typeof type === "string" ? [type] : arrayOf(schema, "type");
  const typed = named === undefined ? ALL : named.flatMap(kindsOfType);
  const listed = listedValues(schema);
  if (listed === undefined) return new Set(typed);
  const kinds = new Set(listed.map(kindOfValue));
  return new Set(typed.filter((kind) => kinds.has(kind)));
}

/** The only values that `enum` or `const` take; undefined when there is neither. */
export function listedValues(schema: JsonObject): readonly JsonValue[] | undefined {
  const values = arrayOf(schema, "enum");
  if (!Object.hasOwn(schema, "const")) return values;
  const only = member(schema, "const") ?? null;
  if (values === undefined) return [only];
  return values.filter((value) => canonicalJson(value) === canonicalJson(only));
}

function kindsOfType(type: JsonValue): readonly Kind[] {
  if (type === "number") return ["integer", "fraction"];
  return ALL.filter((kind) => kind === type && kind !== "fraction");
}

function kindOfValue(value: JsonValue): Kind {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "string") return typeof value as Kind;
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "fraction";
  return isJsonObject(value) ? "object" : "array";
}
