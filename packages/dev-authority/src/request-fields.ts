import { FormatError, isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The object under that path of names; anything else there is the asker's mistake. */
export function objectAt(json: JsonValue, ...path: readonly string[]): JsonObject {
  const value = valueAt(json, path);
  if (isJsonObject(value)) return value;
  throw malformed(path, "an object");
}

export function textAt(json: JsonValue, ...path: readonly string[]): string {
  const value = valueAt(json, path);
  if (typeof value === "string" && value !== "") return value;
  throw malformed(path, "text");
}

/** The one element of a list. */
export function onlyItemAt(json: JsonValue, ...path: readonly string[]): JsonValue {
  const value = valueAt(json, path);
  const [item, ...more] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  if (item !== undefined && more.length === 0) return item;
  throw malformed(path, "a list of one");
}

export function bytesAt(json: JsonValue, ...path: readonly string[]): Buffer {
  return decodeBase64(textAt(json, ...path), path.join("."));
}

/** Standard base64 with padding. */
export function decodeBase64(text: string, what: string): Buffer {
  if (BASE64.test(text)) return Buffer.from(text, "base64");
  throw new FormatError("INPUT_INVALID", `The request's ${what} is not base64.`);
}

function valueAt(json: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = json;
  for (const name of path) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function malformed(path: readonly string[], wanted: string): FormatError {
  return new FormatError("INPUT_INVALID", `The request's ${path.join(".")} is not ${wanted}.`);
}
