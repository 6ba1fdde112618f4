import type { BuiltinFamily } from "../builtin.ts";

export const CAST_BUILTINS: BuiltinFamily = {};
