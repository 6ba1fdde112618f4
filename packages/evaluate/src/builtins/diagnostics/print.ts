import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { regoText } from "../strings/rego-text.ts";

/** Of one call: every operand may have several values, and each combination is a line. */
const MAX_LINES = 10_000;
const MAX_UNITS = 32 * 1024 * 1024;

/**
 * The lines of one `print(...)`: OPA hands over each operand as the set of the values that it can have. An empty set is
 * `<undefined>`; several values make a line each, for every combination of operands.
 *
 * @throws RangeError for more than 10 000 lines or 32 Mi characters, TypeError for operands that OPA's compiler never hands over
 */
export function printedLines(operands: RegoArray, separator = " "): readonly string[] {
  let lines: readonly string[][] = [[]];
  for (const operand of operands) {
    const words = wordsOf(operand);
    if (lines.length * words.length > MAX_LINES) throw new RangeError(`print has more than ${MAX_LINES} lines`);
    lines = lines.flatMap((line) => words.map((word) => [...line, word]));
  }
  let units = 0;
  return lines.map((line) => {
    for (const word of line) units += word.length + separator.length;
    if (units > MAX_UNITS) throw new RangeError(`print has more than ${MAX_UNITS} characters`);
    return line.join(separator);
  });
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
