import type { BuiltinFamily } from "../builtin.ts";

export const NUMBER_BUILTINS: BuiltinFamily = {};
