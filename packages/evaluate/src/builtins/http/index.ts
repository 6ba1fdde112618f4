import type { BuiltinFamily } from "../builtin.ts";

export const HTTP_BUILTINS: BuiltinFamily = {};
