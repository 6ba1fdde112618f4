import type { BuiltinFamily } from "../builtin.ts";

export const ENCODING_BUILTINS: BuiltinFamily = {};
