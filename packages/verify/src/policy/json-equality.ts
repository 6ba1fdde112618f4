import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";

/**
 * Whether two JSON values are the same: objects whatever the order of their keys, texts by their code units, numbers by
 * value, so that 1 is 1.0 and -0 is 0. A whole number beyond 2^53 may stand for another that was rounded, and equals none.
 */
export function isSameJson(left: JsonValue, right: JsonValue): boolean {
  if (typeof left === "number") return left === right && isExactNumber(left);
  if (Array.isArray(left)) return Array.isArray(right) && isSameList(left, right);
  if (isJsonObject(left)) return isJsonObject(right) && isSameObject(left, right);
  return left === right;
}

/** Whether no other whole number is rounded to this one. Fractions are never that large. */
export function isExactNumber(number: number): boolean {
  return !Number.isInteger(number) || Number.isSafeInteger(number);
}

function isSameList(left: readonly JsonValue[], right: readonly JsonValue[]): boolean {
  return left.length === right.length && left.every((item, index) => isSameJson(item, right[index] ?? null));
}

function isSameObject(left: JsonObject, right: JsonObject): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSameJson(left[name] ?? null, right[name] ?? null))
  );
}
