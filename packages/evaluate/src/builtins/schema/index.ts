import type { BuiltinFamily } from "../builtin.ts";

export const SCHEMA_BUILTINS: BuiltinFamily = {};
