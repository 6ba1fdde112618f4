import { compareDecimals, decimalText, isMultiple, toDecimal } from "./number.ts";
import type { Decimal, JsonNumber } from "./number.ts";
import type { Outcome, Place } from "./outcome.ts";
import type { SubSchema } from "./sub-schema.ts";

interface BoundCheck {
  readonly key: "maximum" | "exclusiveMaximum" | "minimum" | "exclusiveMinimum";
  readonly type: string;
  readonly text: string;
  readonly isBroken: (order: number) => boolean;
}

const BOUND_CHECKS: readonly BoundCheck[] = [
  { key: "maximum", type: "number_lte", text: "less than or equal to", isBroken: (order) => order > 0 },
  { key: "exclusiveMaximum", type: "number_lt", text: "less than", isBroken: (order) => order >= 0 },
  { key: "minimum", type: "number_gte", text: "greater than or equal to", isBroken: (order) => order < 0 },
  { key: "exclusiveMinimum", type: "number_gt", text: "greater than", isBroken: (order) => order <= 0 },
];

export function validateNumber(schema: SubSchema, value: JsonNumber, place: Place, outcome: Outcome): void {
  const { multipleOf } = schema;
  if (multipleOf !== undefined && !isMultiple(exact(value), multipleOf)) {
    outcome.fail("multiple_of", place, `Must be a multiple of ${decimalText(multipleOf)}`);
  }
  for (const { key, type, text, isBroken } of BOUND_CHECKS) {
    const bound = schema[key];
    if (bound === undefined || !isBroken(compareDecimals(exact(value), bound))) continue;
    outcome.fail(type, place, `Must be ${text} ${decimalText(bound)}`);
  }
  outcome.raise();
}

function exact(value: JsonNumber): Decimal {
  const decimal = toDecimal(value);
  // OPA's validator crashes on such a number.
  if (decimal === undefined) throw new RangeError("a number of the document has an exponent beyond 1000000");
  return decimal;
}
