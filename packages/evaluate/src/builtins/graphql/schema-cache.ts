import type { RegoValue } from "../../values/values.ts";
import type { SchemaDocument } from "./ast.ts";
import { buildSchema } from "./schema.ts";
import type { Schema } from "./schema.ts";

export interface CheckedSchema {
  readonly document: SchemaDocument;
  readonly schema: Schema;
}

/** Policies ask about many queries and few schemas; a schema of OPA's cap takes ten times its text. */
const MAX_CACHED = 10;
const MAX_TEXT_UNITS = 256 * 1024;

const cache = new Map<string, CheckedSchema>();

/**
 * Reads and checks a schema, or returns it from a bounded cache of those given as text.
 *
 * @throws BuiltinError when it is none
 */
export function schemaOf(operand: RegoValue, read: (operand: RegoValue) => SchemaDocument): CheckedSchema {
  if (typeof operand !== "string" || operand.length > MAX_TEXT_UNITS) return check(read(operand));
  const checked = cache.get(operand) ?? check(read(operand));
  // The oldest goes first; this one is now the newest.
  cache.delete(operand);
  cache.set(operand, checked);
  const [oldest] = cache.keys();
  if (cache.size > MAX_CACHED && oldest !== undefined) cache.delete(oldest);
  return checked;
}

function check(document: SchemaDocument): CheckedSchema {
  return { document, schema: buildSchema(document) };
}
