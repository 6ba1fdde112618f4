import { isRegoArray, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** A document as OPA answers it: without places, and without what is null or empty, but for text and booleans. */
export function toRego(node: object): RegoValue {
  return convert(node) ?? new RegoObject([]);
}

function convert(value: unknown): RegoValue | undefined {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return BigInt(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => convert(item)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const converted = /^[A-Z]/.test(name) ? convert(item) : undefined;
    return converted === undefined ? [] : [[name, converted] as const];
  });
  return entries.length === 0 ? undefined : new RegoObject(entries);
}

export function isObject(value: RegoValue | undefined): value is RegoObject {
  return value instanceof RegoObject;
}

export function isList(value: RegoValue | undefined): value is readonly RegoValue[] {
  return value !== undefined && isRegoArray(value);
}
