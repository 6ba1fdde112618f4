import type { Json, JsonArray } from "./document.ts";
import { nearer } from "./outcome.ts";
import type { Outcome, Place } from "./outcome.ts";
import type { SubSchema } from "./sub-schema.ts";
import type { Validation } from "./validate.ts";

export function validateArray(
  validation: Validation,
  schema: SubSchema,
  value: JsonArray,
  place: Place,
  outcome: Outcome,
): void {
  checkItems(validation, schema, value, place, outcome);
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && value.length < minItems) {
    outcome.fail("array_min_items", place, `Array must have at least ${minItems} items`);
  }
  if (maxItems !== undefined && value.length > maxItems) {
    outcome.fail("array_max_items", place, `Array must have at most ${maxItems} items`);
  }
  if (schema.uniqueItems) checkUnique(validation, value, place, outcome);
  if (schema.contains !== undefined) checkContains(validation, schema.contains, value, place, outcome);
  outcome.raise();
}

function checkItems(
  validation: Validation,
  { items, additionalItems }: SubSchema,
  value: JsonArray,
  place: Place,
  outcome: Outcome,
): void {
  if (items === undefined) return;
  const checkFrom = (start: number, end: number, schemaOf: (index: number) => SubSchema | undefined): void => {
    for (let index = start; index < end; index++) {
      const [schema, item] = [schemaOf(index), value[index]];
      if (schema === undefined || item === undefined) continue;
      outcome.merge(validation.check(schema, item, place.member(String(index))));
    }
  };
  if (!isList(items)) {
    checkFrom(0, value.length, () => items);
    return;
  }
  checkFrom(0, Math.min(items.length, value.length), (index) => items[index]);
  // Without a schema in the list there is no rest.
  if (items.length === 0 || items.length >= value.length) return;
  if (additionalItems === false) {
    outcome.fail("array_no_additional_items", place, "No additional items allowed on array");
  } else if (typeof additionalItems === "object") checkFrom(items.length, value.length, () => additionalItems);
}

function isList(items: SubSchema | readonly SubSchema[]): items is readonly SubSchema[] {
  return Array.isArray(items);
}

function checkUnique(validation: Validation, value: JsonArray, place: Place, outcome: Outcome): void {
  const seen = new Map<string, number>();
  for (const [index, item] of value.entries()) {
    const text = validation.textOf(item);
    const earlier = seen.get(text);
    if (earlier !== undefined) outcome.fail("unique", place, `array items[${earlier},${index}] must be unique`);
    seen.set(text, index);
  }
}

function checkContains(
  validation: Validation,
  schema: SubSchema,
  value: readonly Json[],
  place: Place,
  outcome: Outcome,
): void {
  let best: Outcome | undefined;
  for (const [index, item] of value.entries()) {
    const result = validation.check(schema, item, place.member(String(index)));
    if (result.isValid) return;
    best = nearer(best, result);
  }
  outcome.fail("contains", place, "At least one of the items must match");
  if (best !== undefined) outcome.merge(best);
}
