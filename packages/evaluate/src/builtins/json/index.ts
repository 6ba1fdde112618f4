import type { BuiltinFamily } from "../builtin.ts";

export const JSON_BUILTINS: BuiltinFamily = {};
