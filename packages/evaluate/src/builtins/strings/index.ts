import type { BuiltinFamily } from "../builtin.ts";
import { STRING_SEARCH_BUILTINS } from "./string-search.ts";
import { SPRINTF_BUILTINS } from "./sprintf.ts";

/** The string builtins that are not native in OPA's modules. */
export const STRING_BUILTINS: BuiltinFamily = { ...SPRINTF_BUILTINS, ...STRING_SEARCH_BUILTINS };
