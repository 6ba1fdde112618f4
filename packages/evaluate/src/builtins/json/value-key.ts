import { isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** A text that two values share exactly when Rego takes them for the same key: `1`, `1.0` and `10e-1` are one. */
export function keyOf(value: RegoValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return numberKey(String(value));
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof RegoDecimal) return numberKey(value.text);
  if (isRegoArray(value)) return `[${value.map(keyOf).join(",")}]`;
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${keyOf(key)}:${keyOf(item)}`).join(",")}}`;
  }
  return `<${value.members.map(keyOf).join(",")}>`;
}

/** Digits without zeros at either end, and the power of ten behind them. */
function numberKey(text: string): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits.charAt(start) === "0") start++;
  while (end > start && digits.charAt(end - 1) === "0") end--;
  if (start === end) return "0";
  return `${sign}${digits.slice(start, end)}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end)}`;
}
