import type { JsonValue } from "@policy-pack/pack";

import { RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** A caller's JSON value in Rego; a number is the shortest text that gives the same double. */
export function fromJson(value: JsonValue): RegoValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : new RegoDecimal(String(value));
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(fromJson);
  return new RegoObject(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
