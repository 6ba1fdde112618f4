import type { BuiltinFamily } from "../builtin.ts";

export const TEMPLATE_BUILTINS: BuiltinFamily = {};
