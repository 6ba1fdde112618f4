import type { BuiltinFamily } from "../builtin.ts";

export const X509_BUILTINS: BuiltinFamily = {};
