import { isExact, toScientific } from "./json-scan.ts";
import type { JsonValue } from "./json.ts";

/** A number by its text: `JSON.stringify` prints it as it was written. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** JSON whose numbers are doubles where their text is what a double prints, and texts otherwise. */
export type ExactJson = JsonValue | RawNumber | readonly ExactJson[] | ExactObject;

export interface ExactObject {
  readonly [key: string]: ExactJson;
}

/** A document, and whether it is plain JSON with doubles, so that nobody has to look through it for the others. */
export interface ExactDocument<Value extends ExactJson = ExactJson> {
  readonly value: Value;
  readonly isPlain: boolean;
}

/**
 * Parts of the language that TypeScript's library does not declare yet.
 * @see https://tc39.es/proposal-json-parse-with-source/
 */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const json = JSON as unknown as JsonWithSource;

/** Whether a double prints the number as it was written. */
export function isPrinted(number: string): boolean {
  return SHORT_INTEGER.test(number) || String(Number(number)) === number;
}

const SHORT_INTEGER = /^(?:0|-?[1-9][0-9]{0,14})$/;

/** Of a text that is known to be JSON, with each number that a double would print otherwise by its text. */
export function withRawNumbers(text: string): ExactJson {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && !isPrinted(source) ? json.rawJSON(source) : value,
  ) as ExactJson;
}

export function isExactObject(value: ExactJson | undefined): value is ExactObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}

const texts = new WeakMap<object, string>();

/** Every number as the nearest double that JSON has. What it returns still tells its exact text: see `exactJsonOf`. */
export function toPlainNumbers(value: ExactJson): JsonValue {
  const plain = mapRawNumbers(value, toNearest) as JsonValue;
  if (typeof plain === "object" && plain !== null) texts.set(plain, JSON.stringify(value));
  return plain;
}

/**
 * The documents of a pack as JSON with every number as it was written, where doubles do not print them all again. Of
 * exactly the value that reading the pack gave: undefined for a copy, for a part of it and for any other value.
 */
export function exactJsonOf(data: unknown): string | undefined {
  return typeof data === "object" && data !== null ? texts.get(data) : undefined;
}

function toNearest(text: string): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(text)));
}

/** One spelling for each number, so that equal values are equal: a double where one has the value. */
export function toCanonicalNumbers({ value, isPlain }: ExactDocument): ExactJson {
  if (isPlain) return value;
  return mapRawNumbers(value, (text) => (isExact(text) ? Number(text) : json.rawJSON(toScientific(text))));
}

function mapRawNumbers(value: ExactJson, map: (text: string) => ExactJson): ExactJson {
  if (typeof value !== "object" || value === null) return value;
  if (json.isRawJSON(value)) return map(value.rawJSON);
  if (isList(value)) return value.map((item) => mapRawNumbers(item, map));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapRawNumbers(item, map)]));
}

function isList(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value);
}
