import { BuiltinError } from "../builtin.ts";
import { isJsonArray } from "./document.ts";
import type { JsonObject } from "./document.ts";
import { DRAFT_6 } from "./drafts.ts";
import { countOf, invalidType, isSchema } from "./keyword.ts";
import type { SchemaReader } from "./keyword.ts";
import { readRest } from "./object-keywords.ts";
import type { SubSchema } from "./sub-schema.ts";

const ITEMS_TYPE = "Valid Schema/Array Of Schemas";

export function readItems(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const items = document.get("items");
  if (items !== undefined && isJsonArray(items)) {
    schema.items = items.map((item) => {
      if (!isSchema(item)) throw invalidType(ITEMS_TYPE, "items");
      return reader.read(item, schema.draft);
    });
  } else if (items !== undefined) {
    if (!isSchema(items)) throw invalidType(ITEMS_TYPE, "items");
    schema.items = reader.read(items, schema.draft);
  }
  const rest = document.get("additionalItems");
  if (rest !== undefined) schema.additionalItems = readRest(reader, rest, "additionalItems", schema.draft);
}

export function readArrayKeywords(reader: SchemaReader, document: JsonObject, schema: SubSchema): void {
  const minimum = countOf(document, "minItems");
  const maximum = countOf(document, "maxItems");
  if (minimum !== undefined) schema.minItems = minimum;
  if (maximum !== undefined) schema.maxItems = maximum;
  const unique = document.get("uniqueItems");
  if (unique !== undefined && typeof unique !== "boolean") {
    throw new BuiltinError("uniqueItems must be of a boolean");
  }
  schema.uniqueItems = unique ?? false;
  const contains = document.get("contains");
  if (contains !== undefined && schema.draft >= DRAFT_6) schema.contains = reader.read(contains, schema.draft);
}
