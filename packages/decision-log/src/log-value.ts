import { isMap, isSet, isUint8Array } from "node:util/types";

import { JsonText } from "@policy-pack/evaluate";

/** A number whose text a double would print otherwise: `1.0`, or an integer of twenty digits. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON, every number as it was written. */
export type LogValue =
  null | boolean | number | string | ExactNumber | readonly LogValue[] | { readonly [key: string]: LogValue };

export type LogObject = Readonly<Record<string, LogValue>>;

/** It cannot be written down as JSON: a function, a cycle, too deep, too large. */
export class UnwritableError extends Error {}

/** TypeScript does not know this part of ECMAScript's JSON yet. */
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Deeper inputs than the evaluator takes are not decided either. */
const MAX_DEPTH = 520;

/** @throws SyntaxError for what is no JSON; a key that comes twice counts as its last */
export function parseLogValue(text: string): LogValue {
  return parseWithSource(text, (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    return new ExactNumber(source);
  }) as LogValue;
}

/**
 * The one text of a document: keys sorted by their UTF-16 code units, no white space, strings as ECMAScript writes them
 * (RFC 8785), but numbers as they were given: a log that rounds is no evidence. A property whose value is undefined is
 * left out, and half a surrogate pair is U+FFFD, as where it is decided.
 *
 * @throws UnwritableError
 */
export function canonicalText(value: unknown, maxBytes: number): string {
  const writer = { left: maxBytes };
  const ready = readyText(value);
  const text = textOf(ready === undefined ? value : parseReady(ready), 0, writer);
  if (Buffer.byteLength(text) > maxBytes) throw tooLarge();
  return text;
}

function readyText(value: unknown): string | undefined {
  if (value instanceof JsonText) return value.text;
  return isUint8Array(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : undefined;
}

function parseReady(text: string): LogValue {
  try {
    return parseLogValue(text);
  } catch {
    throw new UnwritableError("it is no JSON");
  }
}

function textOf(value: unknown, depth: number, writer: { left: number }): string {
  if (depth > MAX_DEPTH) throw new UnwritableError("it is nested too deep");
  if (Array.isArray(value)) {
    spend(writer, value.length + 2);
    return `[${Array.from(value as unknown[], (item) => textOf(item, depth + 1, writer)).join(",")}]`;
  }
  if (isSet(value)) return setText(value, depth, writer);
  if (isMap(value)) return mapText(value, depth, writer);
  if (typeof value === "object" && value !== null && !(value instanceof ExactNumber)) {
    return objectText(value as Readonly<Record<string, unknown>>, depth, writer);
  }
  const text = scalarText(value);
  spend(writer, text.length);
  return text;
}

function objectText(object: Readonly<Record<string, unknown>>, depth: number, writer: { left: number }): string {
  const members: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const item = object[key];
    if (item === undefined) continue;
    const name = JSON.stringify(wellFormed(key));
    spend(writer, name.length + 2);
    members.push(`${name}:${textOf(item, depth + 1, writer)}`);
  }
  return `{${members.join(",")}}`;
}

/** A Rego set: the list of its members, by their texts. */
function setText(members: ReadonlySet<unknown>, depth: number, writer: { left: number }): string {
  spend(writer, members.size + 2);
  const texts = new Set(Array.from(members, (member) => textOf(member, depth + 1, writer)));
  return `[${[...texts].sort().join(",")}]`;
}

/** A Rego object: a key that is no text is its JSON, as OPA writes it. */
function mapText(entries: ReadonlyMap<unknown, unknown>, depth: number, writer: { left: number }): string {
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of entries) object[typeof key === "string" ? key : textOf(key, depth + 1, writer)] = item;
  return objectText(object, depth, writer);
}

function scalarText(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(wellFormed(value));
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  throw new UnwritableError(`it holds a value of type ${typeof value}`);
}

const HALF_SURROGATES = /\p{Surrogate}/gu;

/** Half a surrogate pair is U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(HALF_SURROGATES, "\ufffd");
}

/** Of characters, each a byte at least: nothing grows far beyond the cap before it is measured. */
function spend(writer: { left: number }, characters: number): void {
  writer.left -= characters;
  if (writer.left < 0) throw tooLarge();
}

function tooLarge(): UnwritableError {
  return new UnwritableError("it is too large");
}
