import { compareStrings, isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** Line breaks and indentation of a pretty text. */
export interface JsonLayout {
  readonly prefix: string;
  readonly indent: string;
}

/** A line's beginning may be as long as the whole value, and stands before each of its parts. */
const MAX_PRETTY_UNITS = 32 * 1024 * 1024;

/** What Go's encoder writes as an escape of its own; every other control character becomes `\u00xx`. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

const ESCAPED = /[\p{Cc}"\\<>&\u2028\u2029]/gu;
const DELETE = "\u007f";
const LAST_CONTROL = "\u009f";

/** A JSON string as Go's encoding/json writes it, which keeps it safe inside HTML. */
export function goJsonString(text: string): string {
  const escaped = text.replace(/\p{Surrogate}/gu, "\ufffd").replace(ESCAPED, escapeUnit);
  return `"${escaped}"`;
}

function escapeUnit(unit: string): string {
  if (unit >= DELETE && unit <= LAST_CONTROL) return unit;
  return SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * A value as OPA hands it to Go's encoding/json: sets are arrays, keys of other types are their own JSON text, keys are
 * sorted by their bytes, numbers keep their text.
 *
 * @throws RangeError for a pretty text beyond 32 Mi characters, and for one longer than an engine can hold
 */
export function goJson(value: RegoValue, layout?: JsonLayout, depth = 0): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return goJsonString(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoObject) {
    const separator = layout === undefined ? ":" : ": ";
    const members = memberTexts(value).map(
      ([key, item]) => goJsonString(key) + separator + goJson(item, layout, depth + 1),
    );
    return enclose("{", members, "}", layout, depth);
  }
  const items = isRegoArray(value) ? value : value.members;
  return enclose(
    "[",
    items.map((item) => goJson(item, layout, depth + 1)),
    "]",
    layout,
    depth,
  );
}

/** The members by the texts of their keys; of two keys with one text, `1` and `"1"`, the later wins. */
export function memberTexts(value: RegoObject): readonly (readonly [string, RegoValue])[] {
  const members = new Map<string, RegoValue>();
  for (const [key, item] of value.entries) members.set(typeof key === "string" ? key : goJson(key), item);
  return [...members].toSorted(([left], [right]) => compareStrings(left, right));
}

function enclose(
  open: string,
  items: readonly string[],
  close: string,
  layout: JsonLayout | undefined,
  depth: number,
): string {
  if (items.length === 0) return open + close;
  if (layout === undefined) return open + items.join(",") + close;
  const line = `\n${layout.prefix}${layout.indent.repeat(depth)}`;
  const inner = line + layout.indent;
  const units = items.reduce((sum, item) => sum + item.length, (items.length + 2) * (inner.length + 1));
  if (units > MAX_PRETTY_UNITS) throw new RangeError(`the text exceeds ${MAX_PRETTY_UNITS} characters`);
  return open + inner + items.join(`,${inner}`) + line + close;
}
