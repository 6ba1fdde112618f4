import { hasMatch } from "../regex/search.ts";
import type { Json, JsonObject } from "./document.ts";
import type { Outcome, Place } from "./outcome.ts";
import { searchSteps } from "./string-check.ts";
import type { SubSchema } from "./sub-schema.ts";
import type { Validation } from "./validate.ts";

export function validateObject(
  validation: Validation,
  schema: SubSchema,
  value: JsonObject,
  place: Place,
  outcome: Outcome,
): void {
  const { minProperties, maxProperties } = schema;
  if (minProperties !== undefined && value.size < minProperties) {
    outcome.fail("array_min_properties", place, `Must have at least ${minProperties} properties`);
  }
  if (maxProperties !== undefined && value.size > maxProperties) {
    outcome.fail("array_max_properties", place, `Must have at most ${maxProperties} properties`);
  }
  validation.budget.spend(schema.required.size);
  for (const name of schema.required) {
    if (value.has(name)) outcome.raise();
    else outcome.fail("required", place, `${name} is required`);
  }
  for (const [name, item] of value) checkMember(validation, schema, name, item, place, outcome);
  if (schema.propertyNames !== undefined) checkNames(validation, schema.propertyNames, value, place, outcome);
  outcome.raise();
}

function checkMember(
  validation: Validation,
  schema: SubSchema,
  name: string,
  item: Json,
  place: Place,
  outcome: Outcome,
): void {
  validation.budget.spend();
  const isMatched = checkPatterns(validation, schema, name, item, place, outcome);
  if (isMatched || schema.properties.has(name)) return;
  const rest = schema.additionalProperties;
  if (rest === false) {
    outcome.fail("additional_property_not_allowed", place, `Additional property ${name} is not allowed`);
  } else if (typeof rest === "object") outcome.merge(validation.check(rest, item, place.member(name)));
}

function checkPatterns(
  validation: Validation,
  schema: SubSchema,
  name: string,
  item: Json,
  place: Place,
  outcome: Outcome,
): boolean {
  let isMatched = false;
  for (const { pattern, schema: matched } of schema.patternProperties) {
    validation.budget.spend(searchSteps(pattern, name));
    if (!hasMatch(pattern, name)) continue;
    isMatched = true;
    outcome.merge(validation.check(matched, item, place.member(name)));
  }
  if (isMatched) outcome.raise();
  return isMatched;
}

function checkNames(
  validation: Validation,
  schema: SubSchema,
  value: JsonObject,
  place: Place,
  outcome: Outcome,
): void {
  for (const name of value.keys()) {
    const result = validation.check(schema, name, place);
    if (result.isValid) continue;
    outcome.fail("invalid_property_name", place, `Property name of "${name}" does not match`);
    outcome.merge(result);
  }
}
