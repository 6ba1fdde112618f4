import type { BuiltinFamily } from "../builtin.ts";
import { integerOperand, stringOperand } from "../operands.ts";
import { replaceAll } from "./expand.ts";
import { globsMeet } from "./globs-intersect.ts";
import { compilePattern } from "./pattern.ts";
import { findAll, hasMatch, split } from "./search.ts";
import { compileTemplate } from "./template-pattern.ts";

/** The regular expressions that OPA's modules leave to the host, in the semantics of Go's regexp package. */
export const REGEX_BUILTINS: BuiltinFamily = {
  "glob.quote_meta": (operands) => stringOperand(operands, 1).replaceAll(/[\\*?[\]{}]/g, "\\$&"),
  "regex.find_n": (operands) => {
    const [pattern, text] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    const count = integerOperand(operands, 3);
    const limit = count < 0n ? Infinity : Number(count);
    return findAll(compilePattern(pattern), text, limit).map(([start, end]) => text.slice(start, end));
  },
  "regex.globs_match": (operands) => globsMeet(stringOperand(operands, 1), stringOperand(operands, 2)),
  "regex.replace": (operands) => {
    const [text, pattern] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    const template = stringOperand(operands, 3);
    return replaceAll(compilePattern(pattern), text, template);
  },
  "regex.split": (operands) => {
    const [pattern, text] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    return split(compilePattern(pattern), text);
  },
  "regex.template_match": (operands) => {
    const [template, text] = [stringOperand(operands, 1), stringOperand(operands, 2)];
    const [open, close] = [stringOperand(operands, 3), stringOperand(operands, 4)];
    return hasMatch(compileTemplate(template, open, close), text);
  },
};
