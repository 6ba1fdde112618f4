import { FormatError } from "./errors.ts";
import { isExactObject } from "./exact-json.ts";
import type { ExactJson, ExactObject } from "./exact-json.ts";
import { LIMITS } from "./limits.ts";

/**
 * The one text of a JSON value: members sorted by their UTF-16 code units, no white space, numbers and strings as
 * ECMAScript writes them, a RawNumber by its text. Equal values give equal bytes, so the text can be hashed and signed.
 * Source: RFC 8785 (JSON Canonicalization Scheme), section 3.2. That the strings are whole Unicode is not checked.
 * @throws FormatError LIMIT_EXCEEDED for a value that is nested deeper than any reader takes
 * @throws TypeError for NaN and the infinities, which JSON has not: null would be another value
 */
export function canonicalJson(value: ExactJson): string {
  return textOf(value, 0);
}

function textOf(value: ExactJson, depth: number): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth >= LIMITS.maxJsonDepth) throw tooDeep();
  if (isArray(value)) return `[${value.map((item) => textOf(item, depth + 1)).join(",")}]`;
  if (!isExactObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map(memberOf(value, depth)).join(",")}}`;
}

/** Written by hand: an object built in sorted order would still list keys such as "10" first, by number. */
function memberOf(object: ExactObject, depth: number): (key: string) => string {
  return (key) => `${JSON.stringify(key)}:${textOf(object[key] ?? null, depth + 1)}`;
}

function tooDeep(): FormatError {
  return new FormatError("LIMIT_EXCEEDED", `JSON that is nested deeper than ${LIMITS.maxJsonDepth} is not written.`);
}

function isArray(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value);
}
