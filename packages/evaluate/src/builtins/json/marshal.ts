import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { goJson } from "./go-json.ts";
import type { JsonLayout } from "./go-json.ts";

/** OPA's `json.marshal_with_options`. Asking for a prefix or an indentation asks for pretty text, unless `pretty` says no. */
export function marshalWithOptions(value: RegoValue, options: RegoValue): string {
  const layout = readLayout(options);
  return layout === undefined ? goJson(value) : layout.prefix + goJson(value, layout);
}

function readLayout(options: RegoValue): JsonLayout | undefined {
  if (!(options instanceof RegoObject)) throw new BuiltinError("operand 2 must be object");
  let [prefix, indent, implied] = ["", "\t", false];
  let pretty: boolean | undefined;
  for (const [key, value] of options.entries) {
    if (key === "pretty" && typeof value === "boolean") pretty = value;
    else if (key === "prefix" && typeof value === "string") [prefix, implied] = [value, true];
    else if (key === "indent" && typeof value === "string") [indent, implied] = [value, true];
    else throw new BuiltinError(`operand 2 object has an unknown key, or a value of the wrong type: ${goJson(key)}`);
  }
  return (pretty ?? implied) ? { prefix, indent } : undefined;
}
