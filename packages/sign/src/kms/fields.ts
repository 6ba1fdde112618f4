import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { malformed } from "./failures.ts";

/** Reads fields of an answer that must be there. @throws ConfigError SIGNING_FAILED naming the field */
export class Fields {
  readonly #json: JsonObject;
  readonly #service: string;

  constructor(json: JsonObject, service: string) {
    this.#json = json;
    this.#service = service;
  }

  get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.#json, name) ? this.#json[name] : undefined;
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value === "string") return value;
    throw malformed(this.#service, `no text in ${name}`);
  }

  object(name: string): Fields {
    const value = this.get(name);
    if (isJsonObject(value)) return new Fields(value, this.#service);
    throw malformed(this.#service, `no object in ${name}`);
  }

  /** A version number: a whole one from 1. */
  version(name: string): number {
    const value = this.get(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
    throw malformed(this.#service, `no version number in ${name}`);
  }

  /** The field must say exactly this. */
  check(name: string, expected: JsonValue): void {
    if (this.get(name) !== expected) throw malformed(this.#service, `${name} is not ${JSON.stringify(expected)}`);
  }

  /** Canonical base64 with padding, or base64url without: no other text gives the same bytes. */
  bytes(name: string, encoding: "base64" | "base64url" = "base64"): Uint8Array {
    const text = this.text(name);
    const bytes = Buffer.from(text, encoding);
    if (text === "" || bytes.toString(encoding) !== text) throw malformed(this.#service, `no ${encoding} in ${name}`);
    return bytes;
  }
}
