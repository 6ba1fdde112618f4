import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";

/** What a document gets wrong, told after its name: "has no url". The reader of the document makes it a coded error. */
export class DocumentError extends Error {}

/** An object with no member but those named: what is not understood is not passed over. */
export function objectOf(value: JsonValue | undefined, what: string, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new DocumentError(`${what} is not an object`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new DocumentError(`${what} has the unknown field ${JSON.stringify(unknown)}`);
  return value;
}

export function textOf(value: JsonValue | undefined, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new DocumentError(`${what} is not text`);
}

/** A whole number from 0 on. */
export function countOf(value: JsonValue | undefined, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new DocumentError(`${what} is not a whole number`);
}

/** Standard base64 with its padding, and only the one spelling of the bytes. */
export function bytesOf(value: JsonValue | undefined, what: string): Buffer {
  const text = textOf(value, what);
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") === text) return bytes;
  throw new DocumentError(`${what} is not base64`);
}
