import { RegoObject } from "../../values/values.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { fromJson } from "./from-json.ts";
import { withoutSecrets } from "./secrets.ts";

export const RUNTIME_BUILTINS: BuiltinFamily = {
  "opa.runtime": (_operands, context) => {
    const { runtime } = context.capabilities;
    // The load refuses a module that calls this without the capability.
    if (runtime === undefined) throw new TypeError("the caller grants no runtime capability");
    return context.once("opa.runtime", () => withoutSecrets(asObject(fromJson(runtime))));
  },
};

function asObject(value: unknown): RegoObject {
  if (value instanceof RegoObject) return value;
  throw new TypeError("the runtime capability must be an object");
}
