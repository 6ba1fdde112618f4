import type { BuiltinFamily } from "../builtin.ts";

export const SEMVER_BUILTINS: BuiltinFamily = {};
