import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";

/** Without leading zeros, signs or `-` for the place after the last (RFC 6901, 4). */
const ARRAY_INDEX = /^(?:0|[1-9][0-9]{0,9})$/;

/**
 * The names that a JSON Pointer (RFC 6901) walks through; none for the whole document. A `~` stands only in `~0` and `~1`,
 * so each pointer has one spelling.
 * @throws MalformedError
 */
export function parsePointer(pointer: string): readonly string[] {
  if (pointer === "") return [];
  const { maxPointerLength } = VERIFY_LIMITS;
  if (pointer.length > maxPointerLength) malformed(`must have at most ${maxPointerLength} characters`);
  if (!pointer.startsWith("/")) malformed('must be a JSON Pointer: empty, or beginning with "/"');
  if (/~(?![01])/.test(pointer)) malformed("must be a JSON Pointer: write ~0 for ~ and ~1 for /");
  return pointer.slice(1).split("/").map(unescapeName);
}

/** The value at the pointer, or undefined when there is none. Only what the document itself holds is found. */
export function valueAt(document: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const name of parsePointer(pointer)) value = memberOf(value, name);
  return value;
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (isJsonObject(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  if (!Array.isArray(value) || !ARRAY_INDEX.test(name)) return undefined;
  return (value as readonly JsonValue[])[Number(name)];
}

/** `~1` first: `~01` is the name `~1` and not `/` (RFC 6901, 4). */
function unescapeName(escaped: string): string {
  return escaped.replaceAll("~1", "/").replaceAll("~0", "~");
}
