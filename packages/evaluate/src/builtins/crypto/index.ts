import type { BuiltinFamily } from "../builtin.ts";

export const CRYPTO_BUILTINS: BuiltinFamily = {};
