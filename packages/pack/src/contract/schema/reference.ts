import type { JsonObject, JsonValue } from "../../json.ts";
import { member } from "./schema.ts";

const MAX_HOPS = 64;

/**
 * What a `$ref` to a place in the same document leads to, through further ones; undefined for any other reference, one
 * that leads nowhere, and a ring of them. Nested `$id`s are not looked at: `isRebased` tells of them.
 * Source: RFC 6901, sections 3, 4 and 6.
 */
export function resolveReference(document: JsonValue, reference: JsonValue): JsonValue | undefined {
  let pointer: JsonValue | undefined = reference;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const value: JsonValue | undefined = typeof pointer === "string" ? valueAt(document, pointer) : undefined;
    const inner: JsonValue | undefined = isPlainReference(value) ? value["$ref"] : undefined;
    if (inner === undefined) return value;
    pointer = inner;
  }
  return undefined;
}

/**
 * Whether references in a part of the document lead elsewhere than in the document itself, since it has an `$id` of its own.
 * One that is a mere fragment names a place, as in draft 7.
 * Source: JSON Schema 2020-12 Core, section 8.2.1.
 */
export function isRebased(document: JsonValue, part: JsonObject): boolean {
  const id = part === document ? undefined : member(part, "$id");
  return id !== undefined && !(typeof id === "string" && id.startsWith("#"));
}

function isPlainReference(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "$ref") && Object.keys(value).length === 1;
}

function valueAt(document: JsonValue, reference: string): JsonValue | undefined {
  const pointer = decode(reference);
  if (pointer === undefined) return undefined;
  let value: JsonValue | undefined = document;
  for (const token of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = member(value as JsonObject, token.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return value;
}

/** The pointer in a fragment: empty for the whole document, or with a leading slash. */
function decode(reference: string): string | undefined {
  if (!/^#(?:$|\/)/.test(reference)) return undefined;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
}
