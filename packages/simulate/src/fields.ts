import { FormatError, isDigest, isJsonObject } from "@policy-pack/pack";
import type { Digest, JsonObject, JsonValue } from "@policy-pack/pack";

/**
 * Typed reads from a parsed baseline, budget, note or rule file. `at` names the place for the message.
 * Every function throws FormatError BASELINE_INVALID.
 */
export function refuse(at: string, wanted: string): never {
  throw new FormatError("BASELINE_INVALID", `${at} must be ${wanted}.`);
}

/** An object with no other keys than these. One that is missing is found when it is read. */
export function readObject(value: JsonValue | undefined, keys: readonly string[], at: string): JsonObject {
  const object = readMap(value, at);
  const unknown = Object.keys(object).find((key) => !keys.includes(key));
  return unknown === undefined
    ? object
    : refuse(at, `without the unknown key ${JSON.stringify(unknown.slice(0, 100))}`);
}

/** An object whose keys are names. */
export function readMap(value: JsonValue | undefined, at: string): JsonObject {
  return isJsonObject(value) ? value : refuse(at, "an object");
}

export function readArray(value: JsonValue | undefined, at: string): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : refuse(at, "an array");
}

export function readText(value: JsonValue | undefined, at: string): string {
  return typeof value === "string" && value !== "" ? value : refuse(at, "a text that is not empty");
}

export function readCount(value: JsonValue | undefined, at: string): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : refuse(at, "a whole number from 0");
}

export function readDigest(value: JsonValue | undefined, at: string): Digest {
  return typeof value === "string" && isDigest(value) ? value : refuse(at, "sha256:<64 lower-case hex>");
}

/** One of these texts. */
export function readOneOf<Name extends string>(value: JsonValue | undefined, names: readonly Name[], at: string): Name {
  return names.find((name) => name === value) ?? refuse(at, `one of ${names.join(", ")}`);
}
