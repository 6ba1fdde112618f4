import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { parseBytes } from "./bytes.ts";
import { parseUnits } from "./si.ts";

export const UNIT_BUILTINS: BuiltinFamily = {
  "units.parse": (operands) => parseUnits(stringOperand(operands, 1)),
  "units.parse_bytes": (operands) => parseBytes(stringOperand(operands, 1)),
};
