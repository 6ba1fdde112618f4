import type { BuiltinFamily } from "../builtin.ts";

export const RUNTIME_BUILTINS: BuiltinFamily = {};
