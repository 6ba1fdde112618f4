import { BuiltinError } from "../builtin.ts";
import { comparableText } from "./document.ts";
import type { JsonObject } from "./document.ts";
import { DRAFT_6, DRAFT_7 } from "./drafts.ts";
import { isSchema, listOf } from "./keyword.ts";
import type { SchemaReader } from "./keyword.ts";
import type { SubSchema } from "./sub-schema.ts";

/** `const` and `enum`; no value passes an empty `enum`. */
export function readConstants(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const constant = document.get("const");
  if (constant !== undefined && schema.draft >= DRAFT_6) schema.const = comparableText(constant);
  const values = listOf(document, "enum");
  if (values === undefined) return;
  const texts = new Set<string>();
  for (const value of values) {
    const text = comparableText(value);
    reader.spend(1 + text.length / 20);
    if (texts.has(text)) throw new BuiltinError("enum items must be unique");
    texts.add(text);
  }
  schema.enum = texts;
}

export function readCombinations(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  for (const key of ["oneOf", "anyOf", "allOf"] as const) {
    schema[key] = (listOf(document, key) ?? []).map((item) => reader.read(item, schema.draft));
  }
  readSingle(reader, document, schema, "not");
}

export function readConditions(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  if (schema.draft < DRAFT_7) return;
  for (const key of ["if", "then", "else"] as const) readSingle(reader, document, schema, key);
}

type SingleKeyword = "not" | "if" | "then" | "else";

function readSingle(reader: SchemaReader, document: JsonObject, schema: SubSchema, key: SingleKeyword): void {
  const value = document.get(key);
  if (value === undefined) return;
  if (!isSchema(value)) throw new BuiltinError(`${key} must be of an object`);
  schema[key] = reader.read(value, schema.draft);
}
