import type { BuiltinFamily } from "../builtin.ts";

export const DIAGNOSTIC_BUILTINS: BuiltinFamily = {};
