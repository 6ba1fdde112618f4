import { isRegoArray, RegoDecimal, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { quoteString } from "../strings/go-quote.ts";

/** Of one call: every operand may have several values, and each combination is a line. */
const MAX_LINES = 10_000;

/**
 * The lines of one `print(...)`: OPA hands over each operand as the set of the values that it can have. An empty set is
 * `<undefined>`; several values make a line each, for every combination of operands.
 *
 * @throws RangeError for more than 10 000 lines, TypeError for operands that OPA's compiler never hands over
 */
export function printedLines(operands: RegoArray): readonly string[] {
  let lines: readonly string[][] = [[]];
  for (const operand of operands) {
    const words = wordsOf(operand);
    if (lines.length * words.length > MAX_LINES) throw new RangeError(`print has more than ${MAX_LINES} lines`);
    lines = lines.flatMap((line) => words.map((word) => [...line, word]));
  }
  return lines.map((line) => line.join(" "));
}

function wordsOf(operand: RegoValue): readonly string[] {
  if (operand instanceof RegoSet) {
    return operand.members.length === 0 ? ["<undefined>"] : operand.members.map(wordOf);
  }
  if (isRegoArray(operand) || operand instanceof RegoObject) throw new TypeError("an operand of print is no set");
  return [wordOf(operand)];
}

function wordOf(value: RegoValue): string {
  return typeof value === "string" ? value : regoText(value);
}

/** A value as OPA writes it in Rego. */
function regoText(value: RegoValue): string {
  if (typeof value === "string") return quoteString(value);
  if (value instanceof RegoDecimal) return value.text;
  if (value instanceof RegoSet) {
    return value.members.length === 0 ? "set()" : `{${value.members.map(regoText).join(", ")}}`;
  }
  if (value instanceof RegoObject) {
    return `{${value.entries.map(([key, item]) => `${regoText(key)}: ${regoText(item)}`).join(", ")}}`;
  }
  return isRegoArray(value) ? `[${value.map(regoText).join(", ")}]` : String(value);
}
