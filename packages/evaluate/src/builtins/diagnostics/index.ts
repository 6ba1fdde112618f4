import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { arrayOperand, stringOperand } from "../operands.ts";
import { printedLines } from "./print.ts";

/** Notes and test events are for OPA's tracers, which a module does not have: what is left is that they are true. */
export const DIAGNOSTIC_BUILTINS: BuiltinFamily = {
  "internal.print": (operands, context) => {
    for (const line of printedLines(arrayOperand(operands, 1))) context.print(line);
    return true;
  },
  "internal.test_case": () => true,
  "rego.metadata.chain": () => outsideOfRule("rego.metadata.chain"),
  "rego.metadata.rule": () => outsideOfRule("rego.metadata.rule"),
  trace: (operands) => {
    stringOperand(operands, 1);
    return true;
  },
};

/** OPA's compiler puts the annotations where these are called; a call that is left has no rule around it. */
function outsideOfRule(name: string): never {
  throw new BuiltinError(`the ${name} function must only be called within the scope of a rule`);
}
