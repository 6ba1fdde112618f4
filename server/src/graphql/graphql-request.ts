import { isJsonObject, messageOf, parseJson, PolicyPackError } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parse } from "graphql";
import type { DocumentNode } from "graphql";
import { memberOf } from "../promotion/pack-config.ts";
import { oneLine } from "../promotion/reason.ts";
import type { QueryLimits } from "./limits.ts";
import { checkQueryCost, refused } from "./query-cost.ts";

/** One operation with its variables, within the limits; whether it fits the schema is not looked at. */
export interface GraphqlRequest {
  readonly document: DocumentNode;
  readonly variables: JsonObject;
  readonly operationName: string | undefined;
}

const FIELDS = ["query", "variables", "operationName", "extensions"];
/** Of variables; those of this schema are texts. */
const MAX_JSON_DEPTH = 16;

/**
 * Reads the body of a POST to `/graphql`: one JSON object, never a batch.
 * Source: GraphQL over HTTP, "Request parameters".
 * @throws FormatError QUERY_REFUSED
 */
export function parseGraphqlRequest(body: Uint8Array, limits: QueryLimits): GraphqlRequest {
  const fields = parseBody(body, limits);
  const query = memberOf(fields, "query");
  if (typeof query !== "string" || query.trim() === "") throw refused('The body has no "query"; put the query there.');
  const variables = memberOf(fields, "variables") ?? {};
  if (!isJsonObject(variables)) throw refused('"variables" must be a JSON object.');
  const operationName = memberOf(fields, "operationName") ?? undefined;
  if (operationName !== undefined && typeof operationName !== "string") {
    throw refused('"operationName" must be a text.');
  }
  const document = parseDocument(query, limits);
  const { variableDefinitions = [] } = checkQueryCost(document, limits);
  const declared = variableDefinitions.map(({ variable }) => variable.name.value);
  const unknown = Object.keys(variables).find((name) => !declared.includes(name));
  if (unknown !== undefined) throw refused(`The query declares no variable ${quote(unknown)}; leave it out.`);
  return { document, variables, operationName };
}

function parseBody(body: Uint8Array, { maxBodyBytes: maxBytes }: QueryLimits): JsonObject {
  const value = parseStrictly(body, maxBytes);
  if (Array.isArray(value)) throw refused("A batch is not answered; send one query a request.");
  if (!isJsonObject(value)) throw refused('The body must be a JSON object with a "query".');
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw refused(`The body has the unknown field ${quote(unknown)}; leave it out.`);
  return value;
}

function parseStrictly(body: Uint8Array, maxBytes: number): JsonValue {
  try {
    return parseJson(body, { maxBytes, maxDepth: MAX_JSON_DEPTH, code: "INPUT_INVALID", what: "The body" });
  } catch (thrown) {
    if (!(thrown instanceof PolicyPackError)) throw thrown;
    throw refused(thrown.message, thrown);
  }
}

function parseDocument(query: string, { maxTokens }: QueryLimits): DocumentNode {
  try {
    return parse(query, { maxTokens, noLocation: true });
  } catch (thrown) {
    throw refused(`The query cannot be read: ${oneLine(messageOf(thrown))}`, thrown);
  }
}

function quote(text: string): string {
  return oneLine(JSON.stringify(text.slice(0, 60)));
}
