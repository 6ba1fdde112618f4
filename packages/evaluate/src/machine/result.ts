import { EvaluationError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";

import type { MemoryView } from "./memory.ts";
import { isRegoArray, RegoDecimal, RegoObject, RegoSet, toDouble } from "../values/values.ts";
import type { RegoValue } from "../values/values.ts";
import { encodeValueText, parseValueText } from "../values/value-text.ts";

const TRUE_RESULT = Buffer.from('{{"result": true}}\0');
const FALSE_RESULT = Buffer.from('{{"result": false}}\0');

/** The decision whose text starts at an address; a boolean alone is told by its bytes. */
export function readResult(memory: MemoryView, start: number, entrypoint: string): JsonValue {
  if (startsWith(memory.bytes, start, TRUE_RESULT)) return true;
  if (startsWith(memory.bytes, start, FALSE_RESULT)) return false;
  return parseResult(memory.readTerminated(start), entrypoint);
}

function startsWith(bytes: Buffer, start: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

const RESULT_START = '{{"result": ';
/**
 * What keeps a text from being JSON that a double carries: a set, a key that is no string, a number of 16 digits or
 * with an exponent. Inside a string it only costs time.
 */
const BEYOND_JSON = /\{(?!"[^"\\]*(?:\\.[^"\\]*)*": |\})|set\(\)|[0-9]{16}|[0-9][eE]/;

/**
 * The decision in the text of a result set. Sets become arrays in OPA's order, as `opa eval` prints them.
 *
 * @throws EvaluationError DECISION_UNDEFINED, EVALUATION_FAILED (more than one result, or a number that a double
 *   cannot hold)
 */
export function parseResult(text: string, entrypoint: string): JsonValue {
  return parsePlainResult(text) ?? parseExactResult(text, entrypoint);
}

/** By the engine's own parser, many times faster; undefined leaves the text to the exact one. */
function parsePlainResult(text: string): JsonValue | undefined {
  if (!text.startsWith(RESULT_START)) return undefined;
  const result = text.slice(1, -1);
  if (BEYOND_JSON.test(result)) return undefined;
  try {
    return (JSON.parse(result) as { result: JsonValue }).result;
  } catch {
    return undefined;
  }
}

function parseExactResult(text: string, entrypoint: string): JsonValue {
  const results = parseValueText(text);
  if (!(results instanceof RegoSet)) throw failed(`The policy answered ${entrypoint} with no result set.`);
  const [first, second] = results.members;
  if (first === undefined) throw undefinedDecision(entrypoint);
  if (second !== undefined) throw failed(`The policy answered ${entrypoint} with more than one result.`);
  const entry = first instanceof RegoObject ? first.entries.find(([key]) => key === "result") : undefined;
  if (entry === undefined) throw failed(`The policy answered ${entrypoint} with no value.`);
  return toJson(entry[1]);
}

function undefinedDecision(entrypoint: string): EvaluationError {
  return new EvaluationError(
    "DECISION_UNDEFINED",
    `The policy says nothing on ${entrypoint} for this input. Treat it as a refusal, and give the rule a default.`,
  );
}

function failed(message: string): EvaluationError {
  return new EvaluationError("EVALUATION_FAILED", message);
}

function toJson(value: RegoValue): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "bigint" || value instanceof RegoDecimal) return toJsonNumber(value);
  if (value instanceof RegoSet) return value.members.map(toJson);
  if (isRegoArray(value)) return value.map(toJson);
  return Object.fromEntries(value.entries.map(([key, item]) => [keyText(key), toJson(item)]));
}

/** An integer is exact or refused; a fraction becomes the nearest double, as with every reader of JSON. */
function toJsonNumber(value: bigint | RegoDecimal): number {
  const number = toDouble(value);
  const exact =
    typeof value === "bigint" ? Number.isFinite(number) && BigInt(number) === value : Number.isFinite(number);
  if (exact) return number;
  const text = encodeValueText(value).slice(0, 40);
  throw failed(`The decision holds the number ${text}, which a double would change; return it as a string.`);
}

/** Keys of another type become the text of their JSON, as OPA makes them. */
function keyText(key: RegoValue): string {
  return typeof key === "string" ? key : encodeJsonText(key);
}

function encodeJsonText(value: RegoValue): string {
  if (value instanceof RegoSet) return `[${value.members.map(encodeJsonText).join(",")}]`;
  if (value instanceof RegoObject) {
    const entries = value.entries.map(([key, item]) => `${JSON.stringify(keyText(key))}:${encodeJsonText(item)}`);
    return `{${entries.join(",")}}`;
  }
  return isRegoArray(value) ? `[${value.map(encodeJsonText).join(",")}]` : encodeValueText(value);
}
