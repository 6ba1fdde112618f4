import { RegoObject } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { execute } from "./executor.ts";
import { parseTemplate } from "./parser.ts";
import { toGoValue } from "./values.ts";

/** `strings.render_template`: Go's text/template on data that has gone through JSON. */
export const TEMPLATE_BUILTINS: BuiltinFamily = {
  "strings.render_template": (operands) => {
    const text = stringOperand(operands, 1);
    const variables = operands[1];
    if (!(variables instanceof RegoObject)) throw new BuiltinError("operand 2 must be object");
    const data = toGoValue(variables);
    return execute(parseTemplate(text), data).replaceAll("<no value>", "<undefined>");
  },
};
