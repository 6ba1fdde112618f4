import { BuiltinError } from "../builtin.ts";
import { compilePattern } from "../regex/pattern.ts";
import type { Pattern } from "../regex/pattern.ts";
import { isJsonArray, isJsonObject } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { DRAFT_6 } from "./drafts.ts";
import { countOf, invalidType, isSchema, listOf } from "./keyword.ts";
import type { SchemaReader } from "./keyword.ts";
import { patternSteps } from "./string-keywords.ts";
import type { SubSchema } from "./sub-schema.ts";

/** Read for their errors alone: a reference reads its definition again. */
export function readDefinitions(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const definitions = document.get("definitions");
  if (definitions === undefined) return;
  if (!isJsonObject(definitions)) throw invalidType("Array Of Schemas", "definitions");
  for (const definition of definitions.values()) {
    if (!isSchema(definition)) throw invalidType("Array Of Schemas", "definitions");
    reader.read(definition, schema.draft);
  }
}

/** The keywords about members, up to `dependencies`. */
export function readProperties(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  readNamed(reader, document, schema);
  const rest = document.get("additionalProperties");
  if (rest !== undefined) schema.additionalProperties = readRest(reader, rest, "additionalProperties", schema.draft);
  readPatternProperties(reader, document, schema);
  const names = document.get("propertyNames");
  if (names !== undefined && schema.draft >= DRAFT_6) {
    // OPA names the wrong keyword.
    if (!isSchema(names)) throw invalidType("Valid Schema", "patternProperties");
    schema.propertyNames = reader.read(names, schema.draft);
  }
  readDependencies(reader, document, schema);
}

function readNamed(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const properties = document.get("properties");
  if (properties === undefined) return;
  if (!isJsonObject(properties)) throw new BuiltinError("Properties must be of type object");
  schema.properties = new Map([...properties].map(([name, item]) => [name, reader.read(item, schema.draft)]));
}

/** `true`, `false`, or the schema of all members or items that no other keyword is about. */
export function readRest(reader: SchemaReader, value: Json, key: string, draft: number): boolean | SubSchema {
  if (typeof value === "boolean") return value;
  if (!isJsonObject(value)) throw invalidType("boolean/Valid Schema", key);
  return reader.read(value, draft);
}

function readPatternProperties(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const patterns = document.get("patternProperties");
  if (patterns === undefined) return;
  if (!isJsonObject(patterns)) throw invalidType("Valid Schema", "patternProperties");
  schema.patternProperties = [...patterns].map(([text, item]) => {
    reader.spend(patternSteps(text));
    return { text, pattern: compileKey(text), schema: reader.read(item, schema.draft) };
  });
}

function compileKey(text: string): Pattern {
  try {
    return compilePattern(text);
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    throw new BuiltinError(`Invalid regex pattern '${text}'`, { cause: thrown });
  }
}

function readDependencies(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const dependencies = document.get("dependencies");
  if (dependencies === undefined) return;
  if (!isJsonObject(dependencies)) throw new BuiltinError("dependencies must be of type object");
  schema.dependencies = new Map(
    [...dependencies].map(([name, item]) => [name, readDependency(reader, item, schema.draft)]),
  );
}

function readDependency(reader: SchemaReader, value: Json, draft: number): readonly string[] | SubSchema {
  if (isSchema(value)) return reader.read(value, draft);
  if (!isJsonArray(value)) throw invalidDependency();
  return value.map((name) => {
    if (typeof name !== "string") throw invalidDependency();
    return name;
  });
}

function invalidDependency(): BuiltinError {
  return new BuiltinError("Dependency must be of type Schema Or Array Of Strings");
}

export function readObjectCounts(document: JsonObject, schema: SubSchema): void {
  const minimum = countOf(document, "minProperties");
  const maximum = countOf(document, "maxProperties");
  if (minimum !== undefined) schema.minProperties = minimum;
  if (maximum !== undefined) schema.maxProperties = maximum;
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw new BuiltinError("minProperties cannot be greater than maxProperties");
  }
  schema.required = readRequired(document);
}

function readRequired(document: JsonObject): ReadonlySet<string> {
  const required = new Set<string>();
  for (const name of listOf(document, "required") ?? []) {
    if (typeof name !== "string") throw invalidType("string", "required");
    if (required.has(name)) throw new BuiltinError("required items must be unique");
    required.add(name);
  }
  return required;
}
