import type { BuiltinFamily } from "../builtin.ts";

export const YAML_BUILTINS: BuiltinFamily = {};
