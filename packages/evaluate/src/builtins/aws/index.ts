import type { BuiltinFamily } from "../builtin.ts";

export const AWS_BUILTINS: BuiltinFamily = {};
