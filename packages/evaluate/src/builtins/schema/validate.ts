import { Budget } from "./budget.ts";
import { validateArray } from "./array-check.ts";
import { comparableText, isJsonArray, isJsonNumber, isJsonObject } from "./document.ts";
import type { Json } from "./document.ts";
import { validateLogic } from "./logic-check.ts";
import { isInteger, toDecimal } from "./number.ts";
import { validateNumber } from "./number-check.ts";
import { validateObject } from "./object-check.ts";
import { Outcome, Place } from "./outcome.ts";
import type { SchemaError } from "./outcome.ts";
import { validateString } from "./string-check.ts";
import type { SubSchema } from "./sub-schema.ts";

/**
 * All errors of a document, in the order of OPA's validator, members sorted by name where OPA takes them as they come.
 *
 * @throws RangeError when validating takes too many steps, or a schema refers to itself without end
 */
export function validateDocument(schema: SubSchema, document: Json): readonly SchemaError[] {
  return new Validation().check(schema, document, new Place()).errors;
}

/** Each keyword's check adds to the score as OPA's does, since the score chooses among the errors of `anyOf`. */
export class Validation {
  readonly budget = new Budget();

  /** An outcome of its own. */
  check(schema: SubSchema, value: Json, place: Place): Outcome {
    const outcome = new Outcome(this.budget);
    this.add(schema, value, place, outcome);
    return outcome;
  }

  add(schema: SubSchema, value: Json, place: Place, outcome: Outcome): void {
    this.budget.spend(8);
    if (schema.pass !== undefined) {
      if (!schema.pass) outcome.fail("false", place, "False always fails validation");
      return;
    }
    if (schema.referenced !== undefined) {
      this.add(schema.referenced, value, place, outcome);
      return;
    }
    const given = typeOf(value);
    if (!isOfType(schema.types, given)) {
      const [first = "", ...others] = schema.types;
      const expected = others.length === 0 ? first : `[${schema.types.join(",")}]`;
      outcome.fail("invalid_type", place, `Invalid type. Expected: ${expected}, given: ${given}`);
      return;
    }
    validateLogic(this, schema, value, place, outcome);
    this.#addOwn(schema, value, place, outcome);
    outcome.raise();
  }

  #addOwn(schema: SubSchema, value: Json, place: Place, outcome: Outcome): void {
    if (isJsonNumber(value)) validateNumber(schema, value, place, outcome);
    if (isJsonArray(value)) validateArray(this, schema, value, place, outcome);
    if (isJsonObject(value)) validateObject(this, schema, value, place, outcome);
    this.#addCommon(schema, value, place, outcome);
    if (isJsonObject(value)) this.#addProperties(schema, value, place, outcome);
    if (typeof value === "string") validateString(schema, value, place, outcome, this.budget);
  }

  #addCommon(schema: SubSchema, value: Json, place: Place, outcome: Outcome): void {
    const { const: constant, enum: values, format } = schema;
    if (constant !== undefined && this.textOf(value) !== constant) {
      outcome.fail("const", place, (field) => `${field} does not match: ${constant}`);
    }
    if (values !== undefined && !values.has(this.textOf(value))) {
      outcome.fail("enum", place, (field) => `${field} must be one of the following: ${[...values].join(", ")}`);
    }
    if (format !== undefined && typeof value === "string") {
      this.budget.spend(value.length / 20);
      if (!format.check(value)) outcome.fail("format", place, `Does not match format '${format.name}'`);
    }
    outcome.raise();
  }

  #addProperties(schema: SubSchema, value: ReadonlyMap<string, Json>, place: Place, outcome: Outcome): void {
    for (const [name, property] of schema.properties) {
      const item = value.get(name);
      if (item !== undefined) this.add(property, item, place.member(name), outcome);
    }
  }

  textOf(value: Json): string {
    const text = comparableText(value);
    this.budget.spend(1 + text.length / 20);
    return text;
  }
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (isJsonArray(value)) return "array";
  if (isJsonObject(value)) return "object";
  if (!isJsonNumber(value)) return typeof value;
  const decimal = toDecimal(value);
  return decimal !== undefined && isInteger(decimal) ? "integer" : "number";
}

function isOfType(types: readonly string[], given: string): boolean {
  return types.length === 0 || types.includes(given) || (given === "integer" && types.includes("number"));
}
