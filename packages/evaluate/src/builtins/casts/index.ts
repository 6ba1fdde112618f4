import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";

/** Deprecated in OPA, where they still say whether a value has a type, and turn sets and arrays into each other. */
export const CAST_BUILTINS: BuiltinFamily = {
  cast_array: ([value]) => membersOf(value),
  cast_boolean: ([value]) => {
    if (typeof value !== "boolean") throw wrongType("boolean");
    return value;
  },
  cast_null: ([value]) => {
    if (value !== null) throw wrongType("null");
    return value;
  },
  cast_object: ([value]) => {
    if (!(value instanceof RegoObject)) throw wrongType("object");
    return value;
  },
  cast_set: ([value]) => (value instanceof RegoSet ? value : new RegoSet(membersOf(value))),
  cast_string: ([value]) => {
    if (typeof value !== "string") throw wrongType("string");
    return value;
  },
};

function membersOf(value: RegoValue | undefined): readonly RegoValue[] {
  if (value instanceof RegoSet) return value.members;
  if (value === undefined || !isRegoArray(value)) throw wrongType("one of {array, set}");
  return value;
}

function wrongType(wanted: string): BuiltinError {
  return new BuiltinError(`operand 1 must be ${wanted}`);
}
