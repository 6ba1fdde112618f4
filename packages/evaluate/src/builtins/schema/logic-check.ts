import { isJsonObject } from "./document.ts";
import type { Json, JsonObject } from "./document.ts";
import { nearer } from "./outcome.ts";
import type { Outcome, Place } from "./outcome.ts";
import type { SubSchema } from "./sub-schema.ts";
import type { Validation } from "./validate.ts";

/** The keywords that hold schemas for the same value. */
export function validateLogic(
  validation: Validation,
  schema: SubSchema,
  value: Json,
  place: Place,
  outcome: Outcome,
): void {
  const check = (other: SubSchema): Outcome => validation.check(other, value, place);
  if (schema.anyOf.length > 0) checkAny(schema.anyOf, check, place, outcome);
  if (schema.oneOf.length > 0) checkOne(schema.oneOf, check, place, outcome);
  if (schema.allOf.length > 0) checkAll(schema.allOf, check, place, outcome);
  if (schema.not !== undefined && check(schema.not).isValid) {
    outcome.fail("number_not", place, "Must not validate the schema (not)");
  }
  if (isJsonObject(value)) checkDependencies(validation, schema, value, place, outcome);
  checkCondition(schema, check, place, outcome);
  outcome.raise();
}

type Check = (schema: SubSchema) => Outcome;

function checkAny(schemas: readonly SubSchema[], check: Check, place: Place, outcome: Outcome): void {
  let best: Outcome | undefined;
  for (const schema of schemas) {
    const result = check(schema);
    if (result.isValid) return;
    best = nearer(best, result);
  }
  outcome.fail("number_any_of", place, "Must validate at least one schema (anyOf)");
  if (best !== undefined) outcome.merge(best);
}

function checkOne(schemas: readonly SubSchema[], check: Check, place: Place, outcome: Outcome): void {
  let best: Outcome | undefined;
  let count = 0;
  for (const schema of schemas) {
    const result = check(schema);
    if (result.isValid) count++;
    else if (count === 0) best = nearer(best, result);
  }
  if (count === 1) return;
  outcome.fail("number_one_of", place, "Must validate one and only one schema (oneOf)");
  if (count === 0 && best !== undefined) outcome.merge(best);
}

function checkAll(schemas: readonly SubSchema[], check: Check, place: Place, outcome: Outcome): void {
  let isValid = true;
  for (const schema of schemas) {
    const result = check(schema);
    isValid &&= result.isValid;
    outcome.merge(result);
  }
  if (!isValid) outcome.fail("number_all_of", place, "Must validate all the schemas (allOf)");
}

function checkDependencies(
  validation: Validation,
  schema: SubSchema,
  value: JsonObject,
  place: Place,
  outcome: Outcome,
): void {
  for (const [name, dependency] of schema.dependencies) {
    if (!value.has(name)) continue;
    if (!isNames(dependency)) {
      validation.add(dependency, value, place, outcome);
      continue;
    }
    validation.budget.spend(dependency.length);
    for (const needed of dependency) {
      if (!value.has(needed)) outcome.fail("missing_dependency", place, `Has a dependency on ${needed}`);
    }
  }
}

function isNames(dependency: readonly string[] | SubSchema): dependency is readonly string[] {
  return Array.isArray(dependency);
}

function checkCondition(schema: SubSchema, check: Check, place: Place, outcome: Outcome): void {
  if (schema.if === undefined) return;
  const holds = check(schema.if).isValid;
  const chosen = holds ? schema.then : schema.else;
  if (chosen === undefined) return;
  const result = check(chosen);
  if (result.isValid) return;
  if (holds) outcome.fail("condition_then", place, 'Must validate "then" as "if" was valid');
  else outcome.fail("condition_else", place, 'Must validate "else" as "if" was not valid');
  outcome.merge(result);
}
