import { isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { quoteString } from "./go-quote.ts";

/** A value as Rego source, the way OPA prints terms. */
export function regoText(value: RegoValue): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return quoteString(value);
  if (value instanceof RegoDecimal) return value.text;
  if (isRegoArray(value)) return `[${value.map(regoText).join(", ")}]`;
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${regoText(key)}: ${regoText(item)}`).join(", ")}}`;
  }
  return value.members.length === 0 ? "set()" : `{${value.members.map(regoText).join(", ")}}`;
}
