import type { BuiltinFamily } from "../builtin.ts";
import { arrayOperand } from "../operands.ts";
import { marshalWithOptions } from "./marshal.ts";
import { applyPatch } from "./patch.ts";
import { isSubset } from "./subset.ts";

/** JSON Patch, pretty JSON and the subset relation, as topdown/{json,encoding,subset}.go of the pinned OPA have them. */
export const JSON_BUILTINS: BuiltinFamily = {
  "json.marshal_with_options": ([value = null, options = null]) => marshalWithOptions(value, options),
  "json.patch": (operands) => applyPatch(operands[0] ?? null, arrayOperand(operands, 2)),
  "object.subset": ([superset = null, subset = null]) => isSubset(superset, subset),
};
