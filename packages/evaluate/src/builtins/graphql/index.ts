import type { BuiltinFamily } from "../builtin.ts";

export const GRAPHQL_BUILTINS: BuiltinFamily = {};
