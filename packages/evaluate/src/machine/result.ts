import { EvaluationError } from "@policy-pack/pack";

import type { DecisionValue } from "../decision.ts";
import { encodeDecisionText, toDecisionValue } from "../values/decision-value.ts";
import { RegoObject, RegoSet } from "../values/values.ts";
import type { RegoValue } from "../values/values.ts";
import { parseValueText } from "../values/value-text.ts";
import type { MemoryView } from "./memory.ts";

const TRUE_RESULT = Buffer.from('{{"result": true}}\0');
const FALSE_RESULT = Buffer.from('{{"result": false}}\0');

/** The decision whose text starts at an address; a boolean alone is told by its bytes. */
export function readResult(memory: MemoryView, start: number, entrypoint: string): DecisionValue {
  if (startsWith(memory.bytes, start, TRUE_RESULT)) return true;
  if (startsWith(memory.bytes, start, FALSE_RESULT)) return false;
  return parseResult(memory.readTerminated(start), entrypoint);
}

/** The decision as exact JSON text. */
export function readResultText(memory: MemoryView, start: number, entrypoint: string): string {
  if (startsWith(memory.bytes, start, TRUE_RESULT)) return "true";
  if (startsWith(memory.bytes, start, FALSE_RESULT)) return "false";
  return encodeDecisionText(resultOf(memory.readTerminated(start), entrypoint));
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
 * @throws EvaluationError DECISION_UNDEFINED, EVALUATION_FAILED (more than one result, or a decimal beyond any
 *   double)
 */
export function parseResult(text: string, entrypoint: string): DecisionValue {
  return parsePlainResult(text) ?? toDecisionValue(resultOf(text, entrypoint));
}

/** By the engine's own parser, many times faster; undefined leaves the text to the exact one. */
function parsePlainResult(text: string): DecisionValue | undefined {
  if (!text.startsWith(RESULT_START)) return undefined;
  const result = text.slice(1, -1);
  if (BEYOND_JSON.test(result)) return undefined;
  try {
    return (JSON.parse(result) as { result: DecisionValue }).result;
  } catch {
    return undefined;
  }
}

function resultOf(text: string, entrypoint: string): RegoValue {
  const results = parseValueText(text);
  if (!(results instanceof RegoSet)) throw failed(`The policy answered ${entrypoint} with no result set.`);
  const [first, second] = results.members;
  if (first === undefined) throw undefinedDecision(entrypoint);
  if (second !== undefined) throw failed(`The policy answered ${entrypoint} with more than one result.`);
  const entry = first instanceof RegoObject ? first.entries.find(([key]) => key === "result") : undefined;
  if (entry === undefined) throw failed(`The policy answered ${entrypoint} with no value.`);
  return entry[1];
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
