import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { compileSchema } from "./compile.ts";
import { readDocument } from "./document.ts";
import { reportErrors } from "./report.ts";
import { validateDocument } from "./validate.ts";

function verifySchema(schema: RegoValue): RegoValue {
  try {
    compileSchema(readDocument(schema));
    return [true, null];
  } catch (thrown) {
    if (!(thrown instanceof BuiltinError)) throw thrown;
    return [false, `jsonschema: ${thrown.message}`];
  }
}

function matchSchema(document: RegoValue, schema: RegoValue): RegoValue {
  const instance = readDocument(document);
  const errors = validateDocument(compileSchema(readDocument(schema)), instance);
  return [errors.length === 0, reportErrors(errors)];
}

/**
 * JSON Schema as the pinned OPA's own validator understands it: drafts 4, 6 and 7, all at once where `$schema` names
 * none. A reference to anything but the schema itself and the meta-schemas is an error: nothing is fetched.
 */
export const SCHEMA_BUILTINS: BuiltinFamily = {
  "json.match_schema": ([document = null, schema = null]) => matchSchema(document, schema),
  "json.verify_schema": ([schema = null]) => verifySchema(schema),
};
