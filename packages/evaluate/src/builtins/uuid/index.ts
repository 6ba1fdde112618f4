import type { BuiltinFamily } from "../builtin.ts";

export const UUID_BUILTINS: BuiltinFamily = {};
