import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import type { QueryDocument, SchemaDocument } from "./ast.ts";
import { readQueryObject, readSchemaObject } from "./from-rego.ts";
import { parseQuery } from "./query-parser.ts";
import { checkQuery } from "./rules.ts";
import { parseSchema } from "./schema-parser.ts";
import { schemaOf } from "./schema-cache.ts";
import { toRego } from "./to-rego.ts";

const UNVERIFIED: RegoValue = [false, new RegoObject([]), new RegoObject([])];

function readQuery(operand: RegoValue): QueryDocument {
  if (typeof operand === "string") return parseQuery(operand);
  if (operand instanceof RegoObject) return readQueryObject(operand);
  throw new BuiltinError("operand 1 must be one of {string, object}");
}

function readSchema(operand: RegoValue): SchemaDocument {
  if (typeof operand === "string") return parseSchema(operand);
  if (operand instanceof RegoObject) return readSchemaObject(operand);
  throw new BuiltinError("operand 2 must be one of {string, object}");
}

/** Both documents, once the query was found to fit the schema. */
function verify(queryOperand: RegoValue, schemaOperand: RegoValue): readonly [QueryDocument, SchemaDocument] {
  const query = readQuery(queryOperand);
  const { document, schema } = schemaOf(schemaOperand, readSchema);
  checkQuery(schema, query, typeof queryOperand === "string" ? queryOperand : undefined);
  return [query, document];
}

function succeeds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}

function parseAndVerify(query: RegoValue, schema: RegoValue): RegoValue {
  try {
    return [true, ...verify(query, schema).map(toRego)];
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return UNVERIFIED;
    throw thrown;
  }
}

/** GraphQL as gqlparser, in the pinned OPA, reads and checks it; documents are the JSON of its Go structs. */
export const GRAPHQL_BUILTINS: BuiltinFamily = {
  "graphql.is_valid": ([query = null, schema = null]) => succeeds(() => verify(query, schema)),
  "graphql.parse": ([query = null, schema = null]) => verify(query, schema).map(toRego),
  "graphql.parse_and_verify": ([query = null, schema = null]) => parseAndVerify(query, schema),
  "graphql.parse_query": (operands) => toRego(parseQuery(stringOperand(operands, 1))),
  "graphql.parse_schema": (operands) => toRego(parseSchema(stringOperand(operands, 1))),
  "graphql.schema_is_valid": ([schema = null]) => succeeds(() => schemaOf(schema, readSchema)),
};
