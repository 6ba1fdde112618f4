import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { nonEmpty, onlyOperator, withoutNull } from "./exact-fields.ts";
import { isExactNumber, isSameJson } from "./json-equality.ts";
import { parsePointer, valueAt } from "./json-pointer.ts";
import { compilePattern } from "./pattern.ts";

/** What must hold for one value. Each but `exists: false` needs the value to be there. */
export type Operator =
  | { readonly equals: JsonValue }
  | { readonly oneOf: readonly JsonValue[] }
  /** Anchored; matches texts only. */
  | { readonly pattern: string }
  /** Numbers only; the bound itself is good. */
  | { readonly minimum: number }
  | { readonly maximum: number }
  | { readonly exists: boolean };

/** A demand on the value at a JSON Pointer (RFC 6901) in a predicate. */
export type Constraint = { readonly pointer: string } & Operator;

const OPERATORS = ["equals", "oneOf", "pattern", "minimum", "maximum", "exists"] as const;

/** A value to compare with: without null, and without numbers that a double may have rounded. */
const comparable: Field<JsonValue> = (value) => {
  if (value === undefined || value === null)
    return malformed("must not be null; write exists: false for what is absent");
  const members = typeof value === "object" ? Object.values(value as JsonObject) : [];
  for (const member of members) comparable(member);
  if (typeof value === "number" && !isExactNumber(value)) malformed("must not be a whole number beyond 2^53");
  return value;
};

const bound: Field<number> = (value) =>
  typeof value === "number" && isExactNumber(value) ? value : malformed("must be a number within 2^53");

const anchored: Field<string> = (value) => {
  const pattern = text(value);
  compilePattern(pattern);
  return pattern;
};

const flag: Field<boolean> = (value) => (typeof value === "boolean" ? value : malformed("must be true or false"));

const pointer: Field<string> = (value) => {
  const said = text(value);
  parsePointer(said);
  return said;
};

const fields = withoutNull(
  object({
    pointer,
    equals: optional(comparable),
    oneOf: optional(nonEmpty(array(comparable, VERIFY_LIMITS.maxConstraintValues))),
    pattern: optional(anchored),
    minimum: optional(bound),
    maximum: optional(bound),
    exists: optional(flag),
  }),
);

/** One demand of a policy: a pointer and exactly one operator. */
export const constraint: Field<Constraint> = (value) => {
  const known = fields(value);
  const operator = onlyOperator(value, OPERATORS) as (typeof OPERATORS)[number];
  return { pointer: known.pointer, [operator]: known[operator] } as unknown as Constraint;
};

/**
 * Says what is wrong when the predicate does not meet the constraint; undefined when it does. What cannot be told is not
 * met: null is neither there nor absent, and a whole number beyond 2^53 is compared with nothing.
 */
export function unmetByPredicate(constraint: Constraint, predicate: JsonValue): string | undefined {
  const value = valueAt(predicate, constraint.pointer);
  if (toTest(constraint)(value)) return undefined;
  const { pointer, ...operator } = constraint;
  return `${nameOf(pointer)} ${describe(value)}; the policy demands ${shorten(operator)}`;
}

type Test = (value: JsonValue | undefined) => boolean;

/** What a value must pass; a pattern is compiled once. */
function toTest(operator: Operator): Test {
  if ("exists" in operator) {
    return operator.exists ? (value) => value !== undefined && value !== null : (value) => value === undefined;
  }
  if ("equals" in operator) return isOneOf([operator.equals]);
  if ("oneOf" in operator) return isOneOf(operator.oneOf);
  if ("pattern" in operator) {
    const pattern = compilePattern(operator.pattern);
    return (value) => typeof value === "string" && pattern.matches(value);
  }
  const { minimum = -Infinity, maximum = Infinity } = boundsOf(operator);
  return (value) => typeof value === "number" && isExactNumber(value) && minimum <= value && value <= maximum;
}

/** No value of a policy is null or undefined, so neither is equal to one. */
function isOneOf(allowed: readonly JsonValue[]): Test {
  return (value) => value !== undefined && allowed.some((candidate) => isSameJson(value, candidate));
}

function boundsOf(operator: Operator): { readonly minimum?: number; readonly maximum?: number } {
  return "minimum" in operator || "maximum" in operator ? operator : {};
}

/**
 * Refuses constraints that no predicate can meet together, as far as that is plain to see.
 * @throws MalformedError
 */
export function checkConstraintsAgree(constraints: readonly Constraint[]): void {
  const absent = constraints.filter((candidate) => "exists" in candidate && !candidate.exists);
  const present = constraints.filter((candidate) => !absent.includes(candidate));
  for (const { pointer: gone } of absent) {
    if (gone === "") malformed('demands that "" does not exist, and the whole predicate always does');
    const inside = present.find((other) => other.pointer === gone || other.pointer.startsWith(`${gone}/`));
    if (inside !== undefined) malformed(`demands that "${gone}" does not exist and something of "${inside.pointer}"`);
  }
  for (const pointer of new Set(present.map((known) => known.pointer))) {
    const operators = present.filter((known) => known.pointer === pointer);
    if (!isPossible(operators)) malformed(`demands of "${pointer}" what no value can be at once`);
  }
}

/** Whether one of the values that are listed passes all tests; without such a list, whether the bounds leave any. */
function isPossible(operators: readonly Operator[]): boolean {
  const listed = operators.flatMap((operator) =>
    "equals" in operator ? [[operator.equals]] : "oneOf" in operator ? [operator.oneOf] : [],
  );
  const [candidates] = listed;
  if (candidates === undefined) return isRangeOpen(operators);
  const tests = operators.map(toTest);
  return candidates.some((value) => tests.every((test) => test(value)));
}

/** Whether some value lies between all the bounds, and nothing asks for a text as well. */
function isRangeOpen(operators: readonly Operator[]): boolean {
  const bounds = operators.map(boundsOf);
  const lowest = Math.max(...bounds.map(({ minimum = -Infinity }) => minimum));
  const highest = Math.min(...bounds.map(({ maximum = Infinity }) => maximum));
  const isNumber = operators.some((operator) => "minimum" in operator || "maximum" in operator);
  return lowest <= highest && !(isNumber && operators.some((operator) => "pattern" in operator));
}

function nameOf(pointer: string): string {
  return pointer === "" ? "the predicate" : `"${pointer}" of the predicate`;
}

/** What stands there, shortened: predicates are written by others and can be long. */
function describe(value: JsonValue | undefined): string {
  if (value === undefined) return "is absent";
  if (Array.isArray(value)) return "is a list";
  if (isJsonObject(value)) return "is an object";
  return `is ${shorten(value)}`;
}

function shorten(value: JsonValue): string {
  const said = JSON.stringify(value);
  return said.length <= 120 ? said : `${said.slice(0, 117)}...`;
}
