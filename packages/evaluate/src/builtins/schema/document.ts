import { isRegoArray, RegoDecimal, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parseJsonValue } from "../encoding/go-json-parse.ts";
import { goJsonString, memberTexts } from "../json/go-json.ts";
import type { JsonNumber } from "./number.ts";

/** A JSON document; numbers keep their text. */
export type Json = null | boolean | string | JsonNumber | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export type JsonObject = ReadonlyMap<string, Json>;

/** Validating goes several calls deep for each level. */
const MAX_DEPTH = 600;

/**
 * The operand of `json.match_schema` and `json.verify_schema`: JSON text, or an object or array.
 *
 * @throws BuiltinError for anything else; RangeError beyond 600 levels
 */
export function readDocument(operand: RegoValue): Json {
  if (typeof operand === "string") return toDocument(parseText(operand));
  if (operand instanceof RegoObject || isRegoArray(operand)) return toDocument(operand);
  throw new BuiltinError("wrong type, expected string or object");
}

function parseText(text: string): RegoValue {
  try {
    return parseJsonValue(text);
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError("invalid JSON string", { cause: thrown });
  }
}

function toDocument(value: RegoValue, depth = 0): Json {
  if (value === null || typeof value !== "object" || value instanceof RegoDecimal) return value;
  if (depth === MAX_DEPTH) throw new RangeError(`the document is deeper than ${MAX_DEPTH} levels`);
  if (value instanceof RegoObject) {
    return new Map(memberTexts(value).map(([key, item]) => [key, toDocument(item, depth + 1)]));
  }
  const items = value instanceof RegoSet ? value.members : value;
  return items.map((item) => toDocument(item, depth + 1));
}

export function isJsonArray(value: Json): value is JsonArray {
  return Array.isArray(value);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isJsonNumber(value: Json): value is JsonNumber {
  return typeof value === "bigint" || value instanceof RegoDecimal;
}

/**
 * The text by which `enum`, `const` and `uniqueItems` tell values apart: numbers are doubles.
 *
 * @throws BuiltinError for a number that no double holds
 */
export function comparableText(value: Json): string {
  if (typeof value === "string") return goJsonString(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (isJsonNumber(value)) return doubleText(value);
  if (isJsonArray(value)) return `[${value.map(comparableText).join(",")}]`;
  return `{${[...value].map(([key, item]) => `${goJsonString(key)}:${comparableText(item)}`).join(",")}}`;
}

function doubleText(value: JsonNumber): string {
  const text = typeof value === "bigint" ? String(value) : value.text;
  const double = Number(text);
  if (!Number.isFinite(double)) {
    throw new BuiltinError(`json: cannot unmarshal number ${text} into Go value of type float64`);
  }
  return Object.is(double, -0) ? "-0" : String(double);
}
