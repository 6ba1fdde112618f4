import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import type { SchemaError } from "./outcome.ts";

/** The errors as `json.match_schema` answers them. */
export function reportErrors(errors: readonly SchemaError[]): readonly RegoValue[] {
  return errors.map(
    ({ type, field, description }) =>
      new RegoObject([
        ["desc", description],
        ["error", `${field}: ${description}`],
        ["field", field],
        ["type", type],
      ]),
  );
}
