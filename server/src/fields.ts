import { isDigest, isJsonObject } from "@policy-pack/pack";
import type { Digest, JsonObject, JsonValue } from "@policy-pack/pack";

/** Controls, changes of direction and line ends: what makes a log or a terminal show something else. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** RFC 3339 in UTC with a capital T and Z; what is finer than a millisecond is cut off. */
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z$/;

export interface Keys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

/**
 * Typed reads of a parsed JSON document that refuse whatever they do not know. `at` names the place for the message;
 * every method throws what the constructor was given to make.
 */
export class FieldReader {
  readonly #toError: (message: string) => Error;

  constructor(toError: (message: string) => Error) {
    this.#toError = toError;
  }

  /** What to throw: `at` must be `wanted`. */
  problem(at: string, wanted: string): Error {
    return this.#toError(`${at} must be ${wanted}.`);
  }

  object(value: JsonValue | undefined, { required, optional = [] }: Keys, at: string): JsonObject {
    if (!isJsonObject(value)) throw this.problem(at, "a JSON object");
    const unknown = Object.keys(value).find((key) => !required.includes(key) && !optional.includes(key));
    if (unknown !== undefined) {
      throw this.problem(at, `without the unknown field ${JSON.stringify(unknown.slice(0, 60))}`);
    }
    const missing = required.find((key) => !Object.hasOwn(value, key));
    if (missing !== undefined) throw this.#toError(`${at} lacks the field "${missing}".`);
    return value;
  }

  list(value: JsonValue | undefined, maxItems: number, at: string): readonly JsonValue[] {
    if (!Array.isArray(value)) throw this.problem(at, "a list");
    if (value.length > maxItems) throw this.problem(at, `a list of at most ${maxItems}, not of ${value.length}`);
    return value as readonly JsonValue[];
  }

  /** A text of 1 to `maxLength` characters that shows as what it is. */
  text(value: JsonValue | undefined, maxLength: number, at: string): string {
    if (typeof value !== "string" || value.trim() === "") throw this.problem(at, "a text that is not empty");
    if (value.length > maxLength) throw this.problem(at, `a text of at most ${maxLength} characters`);
    if (INVISIBLE.test(value)) throw this.problem(at, "a text without control or invisible characters");
    return value;
  }

  /** @param wanted describes the pattern, for the message */
  matching(value: JsonValue | undefined, pattern: RegExp, wanted: string, at: string): string {
    if (typeof value !== "string" || !pattern.test(value)) throw this.problem(at, wanted);
    return value;
  }

  number(value: JsonValue | undefined, { min, max, isWhole = false }: NumberRange, at: string): number {
    const fits = typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isSafeInteger(value));
    if (!fits) throw this.problem(at, `a ${isWhole ? "whole number" : "number"} from ${min} to ${max}`);
    // Minus zero would be another text for the same amount.
    return value === 0 ? 0 : value;
  }

  flag(value: JsonValue | undefined, at: string): boolean {
    if (typeof value !== "boolean") throw this.problem(at, "true or false");
    return value;
  }

  digest(value: JsonValue | undefined, at: string): Digest {
    if (typeof value !== "string" || !isDigest(value)) throw this.problem(at, "sha256:<64 lower-case hex>");
    return value;
  }

  /** A moment that exists, in whole milliseconds. */
  time(value: JsonValue | undefined, at: string): Date {
    const [, whole = "", fraction = ""] = (typeof value === "string" ? TIME.exec(value) : null) ?? [];
    const text = `${whole}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
    const time = new Date(text);
    if (whole === "" || Number.isNaN(time.getTime()) || time.toISOString() !== text) {
      throw this.problem(at, "a time in UTC such as 2026-01-31T12:00:00Z");
    }
    return time;
  }

  /** An absolute http or https URL that carries no credentials. */
  url(value: JsonValue | undefined, maxLength: number, at: string): URL {
    const wanted = "an absolute http or https URL without credentials";
    const text = this.text(value, maxLength, at);
    if (!URL.canParse(text)) throw this.problem(at, wanted);
    const url = new URL(text);
    const isPlain = url.username === "" && url.password === "";
    if (!isPlain || (url.protocol !== "https:" && url.protocol !== "http:")) throw this.problem(at, wanted);
    return url;
  }
}

/** An optional field: undefined when the object has not got it. */
export function optionalField<T>(
  object: JsonObject,
  name: string,
  read: (value: JsonValue | undefined) => T,
): T | undefined {
  return Object.hasOwn(object, name) ? read(object[name]) : undefined;
}
