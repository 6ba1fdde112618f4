import type { BuiltinFamily } from "../builtin.ts";

export const GRAPH_BUILTINS: BuiltinFamily = {};
