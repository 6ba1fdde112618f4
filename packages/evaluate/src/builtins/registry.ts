import type { BuiltinFamily } from "./builtin.ts";
import { STRING_SEARCH_BUILTINS } from "./string-search.ts";
import { STRING_BUILTINS } from "./strings.ts";
import { TIME_BUILTINS } from "./time.ts";

/** Every builtin that this host provides; the others that OPA lists are native in the module, or refused at load. */
export const BUILTINS: BuiltinFamily = Object.freeze({
  ...STRING_BUILTINS,
  ...STRING_SEARCH_BUILTINS,
  ...TIME_BUILTINS,
});
