import type { Pattern } from "../regex/pattern.ts";
import { hasMatch } from "../regex/search.ts";
import type { Budget } from "./budget.ts";
import type { Outcome, Place } from "./outcome.ts";
import type { SubSchema } from "./sub-schema.ts";

/** A search looks at each character with each state of its pattern, at worst. */
export function searchSteps({ instructions }: Pattern, text: string): number {
  return 5 + text.length / 5 + (instructions * (text.length + 1)) / 50;
}

export function validateString(
  { minLength, maxLength, pattern }: SubSchema,
  value: string,
  place: Place,
  outcome: Outcome,
  budget: Budget,
): void {
  if (minLength !== undefined || maxLength !== undefined) {
    budget.spend(value.length / 20);
    const length = characterCount(value);
    if (minLength !== undefined && length < minLength) {
      outcome.fail("string_gte", place, `String length must be greater than or equal to ${minLength}`);
    }
    if (maxLength !== undefined && length > maxLength) {
      outcome.fail("string_lte", place, `String length must be less than or equal to ${maxLength}`);
    }
  }
  if (pattern !== undefined) {
    budget.spend(searchSteps(pattern.pattern, value));
    if (!hasMatch(pattern.pattern, value)) {
      outcome.fail("pattern", place, `Does not match pattern '${pattern.text}'`);
    }
  }
  outcome.raise();
}

function characterCount(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) count++;
  return count;
}
