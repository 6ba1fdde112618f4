import type { BuiltinFamily } from "../builtin.ts";

export const REGEX_BUILTINS: BuiltinFamily = {};
