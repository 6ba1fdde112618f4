import type { HttpAnswer } from "../../capabilities/io-messages.ts";
import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import { decodeGoText } from "../uri/escape.ts";
import { YAML_BUILTINS } from "../yaml/index.ts";
import { booleanField } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { readJson } from "./json-text.ts";

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const MEDIA_TYPE = new RegExp(`^\\s*(${TOKEN})/(${TOKEN})\\s*(?=;|$)`);
const PARAMETER = new RegExp(`\\s*;\\s*(?:$|${TOKEN}=(?:${TOKEN}|"[^"\\\\]*")\\s*)`, "y");

/**
 * The answer as OPA hands it to a policy. A body that does not decode is null, with the text in `raw_body`.
 *
 * @throws HttpFailure where a `force_*_decode` is no boolean, which OPA sees only now
 */
export function describeResponse(answer: HttpAnswer, fields: Fields, context: BuiltinContext): RegoObject {
  const isJson = booleanField(fields, "force_json_decode");
  const isYaml = booleanField(fields, "force_yaml_decode");
  const headers = new Map<string, string[]>();
  for (const [name, value] of answer.headers) {
    const lower = name.toLowerCase();
    const earlier = headers.get(lower);
    if (earlier === undefined) headers.set(lower, [value]);
    else earlier.push(value);
  }
  const type = headers.get("content-type")?.[0] ?? "";
  const text = decodeGoText(answer.body);
  return new RegoObject([
    ["status", answer.status],
    ["status_code", BigInt(answer.statusCode)],
    ["body", decodeBody(text, isJson || isJsonType(type), isYaml || /application\/(?:x-)?yaml/.test(type), context)],
    ["raw_body", text],
    ["headers", new RegoObject([...headers])],
  ]);
}

function decodeBody(text: string, isJson: boolean, isYaml: boolean, context: BuiltinContext): RegoValue {
  if (isJson) return readJson(text) ?? null;
  if (!isYaml) return null;
  try {
    return YAML_BUILTINS["yaml.unmarshal"]?.([text.replace(/^\ufeff/, "")], context) ?? null;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return null;
    throw thrown;
  }
}

/** `application/json` or `application/…+json`; parameters that do not parse make it another type, as in Go. */
function isJsonType(contentType: string): boolean {
  const match = MEDIA_TYPE.exec(contentType);
  if (match === null) return false;
  const [whole, type = "", subtype = ""] = match;
  for (let position = whole.length; position < contentType.length; position = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = position;
    if (!PARAMETER.test(contentType)) return false;
  }
  return type.toLowerCase() === "application" && /^json$|\+json$/i.test(subtype);
}
