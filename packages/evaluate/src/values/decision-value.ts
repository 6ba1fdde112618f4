import { EvaluationError } from "@policy-pack/pack";

import type { DecisionValue } from "../decision.ts";
import { compareStrings, isRegoArray, RegoDecimal, RegoSet, toDouble } from "./values.ts";
import type { RegoValue } from "./values.ts";

/**
 * Rego's value as JavaScript's: sets become arrays in OPA's order, keys of another type the text of their JSON.
 *
 * @throws EvaluationError EVALUATION_FAILED for a decimal beyond any double
 */
export function toDecisionValue(value: RegoValue): DecisionValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint") return toInteger(value);
  if (value instanceof RegoDecimal) return toFinite(value);
  if (value instanceof RegoSet) return value.members.map(toDecisionValue);
  if (isRegoArray(value)) return value.map(toDecisionValue);
  return Object.fromEntries(value.entries.map(([key, item]) => [keyText(key), toDecisionValue(item)]));
}

/** The same text, byte for byte, as `opa eval --format raw` prints for an object or a list. */
export function encodeDecisionText(value: RegoValue): string {
  if (typeof value === "string") return encodeString(value);
  if (value === null || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoSet) return `[${value.members.map(encodeDecisionText).join(",")}]`;
  if (isRegoArray(value)) return `[${value.map(encodeDecisionText).join(",")}]`;
  // Two keys may have one text; the later one counts, as in OPA.
  const items = new Map(value.entries.map(([key, item]) => [keyText(key), item]));
  const sorted = [...items].sort(([left], [right]) => compareStrings(left, right));
  return `{${sorted.map(([key, item]) => `${encodeString(key)}:${encodeDecisionText(item)}`).join(",")}}`;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function toInteger(value: bigint): number | bigint {
  if (value <= MAX_SAFE && value >= -MAX_SAFE) return Number(value);
  const number = Number(value);
  return Number.isFinite(number) && BigInt(number) === value ? number : value;
}

function toFinite(value: RegoDecimal): number {
  const number = toDouble(value);
  // Without the sign of a zero, which OPA does not print and JSON would lose.
  if (Number.isFinite(number)) return number + 0;
  throw new EvaluationError(
    "EVALUATION_FAILED",
    `The decision holds the number ${value.text.slice(0, 40)}, which no double can hold; ask for its text, or return it as a string.`,
  );
}

/** A key of another type is the text of its JSON, with what Go's encoder escapes in it. */
function keyText(key: RegoValue): string {
  return typeof key === "string" ? key : encodeDecisionText(key);
}

/** What Go's encoder escapes beyond JSON.stringify. */
const GO_ESCAPES = /[<>&\u2028\u2029]/g;

function encodeString(text: string): string {
  return JSON.stringify(text).replace(
    GO_ESCAPES,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
