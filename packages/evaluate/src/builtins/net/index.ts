import type { BuiltinFamily } from "../builtin.ts";

export const NET_BUILTINS: BuiltinFamily = {};
