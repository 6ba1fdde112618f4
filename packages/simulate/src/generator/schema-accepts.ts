import { canonicalJson, isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { isMultiple } from "./decimal.ts";
import { matches } from "./pattern-match.ts";
import type { ArrayShape, NumberShape, ObjectShape, SchemaNode, TextShape } from "./schema-node.ts";

/** RFC 3339, 5.6, with the days that a month has; leap seconds are left out, since few readers take them. */
const DATE_TIME =
  /^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;

/** Whether the schema takes the value, as far as the generator knows the schema; of `oneOf`, one branch or more. */
export function accepts(node: SchemaNode, value: JsonValue): boolean {
  const { shape } = node;
  if (shape.kind === "any") return true;
  if (shape.kind === "boolean") return typeof value === "boolean";
  if (shape.kind === "null") return value === null;
  if (shape.kind === "values") return shape.values.some((one) => canonicalJson(one) === canonicalJson(value));
  if (shape.kind === "choice") return shape.branches.some((branch) => accepts(branch, value));
  if (shape.kind === "object") return isJsonObject(value) && acceptsObject(shape, value);
  if (shape.kind === "array") return Array.isArray(value) && acceptsArray(shape, value as readonly JsonValue[]);
  if (shape.kind === "number") return typeof value === "number" && acceptsNumber(shape, value);
  return typeof value === "string" && acceptsText(shape, value);
}

/** Whether a number is within the bounds. */
export function acceptsNumber(shape: NumberShape, value: number): boolean {
  if (shape.isWhole && !Number.isInteger(value)) return false;
  if (value < shape.minimum || value > shape.maximum) return false;
  if (value <= shape.exclusiveMinimum || value >= shape.exclusiveMaximum) return false;
  return shape.multiplesOf.every((of) => isMultiple(value, of));
}

/** Whether a text has the length, the patterns and the format. */
export function acceptsText({ minLength, maxLength, patterns, isDateTime }: TextShape, value: string): boolean {
  const length = Array.from(value).length;
  if (length < minLength || length > maxLength || (isDateTime && !isDateTimeText(value))) return false;
  return patterns.every((pattern) => matches(pattern, value));
}

/** Whether a text is an RFC 3339 date-time. */
export function isDateTimeText(text: string): boolean {
  const [whole, year, month, day] = DATE_TIME.exec(text) ?? [];
  return whole !== undefined && Number(day) <= daysIn(Number(year), Number(month));
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function acceptsObject({ members, additional }: ObjectShape, value: JsonObject): boolean {
  const known = new Map(members.map((member) => [member.name, member]));
  if (members.some(({ name, required }) => required && !Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, member]) => {
    const node = known.get(name)?.node ?? additional;
    return node !== undefined && accepts(node, member);
  });
}

function acceptsArray({ items, minItems, maxItems, isUnique }: ArrayShape, value: readonly JsonValue[]): boolean {
  if (value.length < minItems || value.length > maxItems) return false;
  if (isUnique && new Set(value.map(canonicalJson)).size !== value.length) return false;
  return value.every((item) => accepts(items, item));
}
