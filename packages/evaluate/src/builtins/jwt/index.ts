import type { BuiltinFamily } from "../builtin.ts";

export const JWT_BUILTINS: BuiltinFamily = {};
