import { isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { sprintf } from "./go-printf.ts";
import type { Argument } from "./go-printf.ts";
import { quoteString } from "./go-quote.ts";
import { arrayOperand, plainInteger, stringOperand } from "../operands.ts";

/**
 * What the pinned OPA hands to Go: `1.0` is an int64, a number with another fraction a float64, and one with an exponent
 * alone, or beyond a double, its own text.
 */
function toArgument(value: RegoValue): Argument {
  if (typeof value === "bigint" || typeof value === "string") return value;
  if (!(value instanceof RegoDecimal)) return regoText(value);
  const integer = plainInteger(value.text);
  if (integer !== undefined) return integer;
  const double = Number(value.text);
  return value.text.includes(".") && Number.isFinite(double) ? double : value.text;
}

/** A value as Rego source, the way OPA prints terms. */
function regoText(value: RegoValue): string {
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return quoteString(value);
  if (value instanceof RegoDecimal) return value.text;
  if (isRegoArray(value)) return `[${value.map(regoText).join(", ")}]`;
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${regoText(key)}: ${regoText(item)}`).join(", ")}}`;
  }
  return value.members.length === 0 ? "set()" : `{${value.members.map(regoText).join(", ")}}`;
}

export const SPRINTF_BUILTINS: BuiltinFamily = {
  sprintf: (operands) => sprintf(stringOperand(operands, 1), arrayOperand(operands, 2).map(toArgument)),
};
