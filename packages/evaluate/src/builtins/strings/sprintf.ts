import { RegoDecimal } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { sprintf } from "./go-printf.ts";
import type { Argument } from "./go-printf.ts";
import { regoText } from "./rego-text.ts";
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

export const SPRINTF_BUILTINS: BuiltinFamily = {
  sprintf: (operands) => sprintf(stringOperand(operands, 1), arrayOperand(operands, 2).map(toArgument)),
};
