import type { BuiltinFamily } from "../builtin.ts";

export const LOOKUP_BUILTINS: BuiltinFamily = {};
