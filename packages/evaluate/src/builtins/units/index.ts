import type { BuiltinFamily } from "../builtin.ts";

export const UNIT_BUILTINS: BuiltinFamily = {};
