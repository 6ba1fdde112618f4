import type { BuiltinFamily } from "../builtin.ts";

export const URI_BUILTINS: BuiltinFamily = {};
