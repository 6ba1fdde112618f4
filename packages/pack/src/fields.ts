import { isDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { FormatError } from "./errors.ts";
import { isJsonObject } from "./json.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/**
 * Typed reads from a parsed manifest. `at` names the place for the message.
 * Every function throws FormatError MANIFEST_INVALID.
 */
export function fail(at: string, wanted: string): never {
  throw new FormatError("MANIFEST_INVALID", `${at} must be ${wanted}.`);
}

/** An object with no other keys than these. One that is missing is found when it is read. */
export function readObject(value: JsonValue | undefined, keys: readonly string[], at: string): JsonObject {
  if (!isJsonObject(value)) fail(at, "an object");
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) fail(at, `without the unknown key ${JSON.stringify(unknown.slice(0, 100))}`);
  return value;
}

export function readArray(value: JsonValue | undefined, at: string): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : fail(at, "an array");
}

export function readString(value: JsonValue | undefined, at: string): string {
  return typeof value === "string" && value.length > 0 ? value : fail(at, "a text that is not empty");
}

export function readSize(value: JsonValue | undefined, at: string): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : fail(at, "a byte count");
}

export function readDigest(value: JsonValue | undefined, at: string): Digest {
  return typeof value === "string" && isDigest(value) ? value : fail(at, "sha256:<64 lower-case hex>");
}

/** A list of texts in the order of their bytes, none twice. */
export function readSortedStrings(value: JsonValue | undefined, at: string): readonly string[] {
  const texts = readArray(value, at).map((item, index) => readString(item, `${at}[${index}]`));
  if (!isSorted(texts)) fail(at, "sorted, with nothing twice");
  return texts;
}

export function isSorted(texts: readonly string[]): boolean {
  return texts.every((text, index) => index === 0 || compareBytes(texts[index - 1] ?? "", text) < 0);
}

/** Orders texts by their UTF-8 bytes, as the archive and every list in a manifest do. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
