import type { JsonObject, JsonValue } from "./json.ts";

/**
 * The one text of a JSON value: members sorted by their UTF-16 code units, no white space, numbers and strings as
 * ECMAScript writes them. Equal values give equal bytes, so the text can be hashed and signed.
 * Source: RFC 8785 (JSON Canonicalization Scheme), section 3.2. That the strings are whole Unicode is not checked.
 */
export function canonicalJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map(memberOf(value)).join(",")}}`;
}

/** Written by hand: an object built in sorted order would still list keys such as "10" first, by number. */
function memberOf(object: JsonObject): (key: string) => string {
  return (key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
