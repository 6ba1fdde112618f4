import type { BuiltinFamily } from "../builtin.ts";
import { integerOperand, stringOperand } from "../operands.ts";
import { compilePattern, isPattern } from "../regex/pattern.ts";
import { findAll, hasMatch } from "../regex/search.ts";

/** The module finds nothing where the count is negative, which asks for all matches, and does not know `(?<name>…)`. */
export const PATTERN_NATIVES: BuiltinFamily = {
  "regex.find_all_string_submatch_n": (operands) => {
    const [pattern, text] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    const count = integerOperand(operands, 3);
    const matches = findAll(compilePattern(pattern), text, count < 0n ? Infinity : Number(count));
    return matches.map((match) =>
      Array.from({ length: match.length / 2 }, (_, group) => {
        const [start = -1, end = -1] = [match[group * 2], match[group * 2 + 1]];
        return start < 0 ? "" : text.slice(start, end);
      }),
    );
  },
  "regex.is_valid": ([text]) => typeof text === "string" && isPattern(text),
  "regex.match": (operands) => hasMatch(compilePattern(stringOperand(operands, 1)), stringOperand(operands, 2)),
};
