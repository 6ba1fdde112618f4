import { encodeValueText } from "../../values/value-text.ts";
import { compareStrings, isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { escapeText, unescapeText } from "./escape.ts";
import { parseUrl, splitHost } from "./url.ts";

/** Go's own, against floods. */
const MAX_PARAMETERS = 10_000;

export const URI_BUILTINS: BuiltinFamily = {
  "uri.is_valid": ([text]) => typeof text === "string" && text !== "" && isUrl(text),
  "uri.parse": (operands) => describeUrl(stringOperand(operands, 1)),
  "urlquery.decode": (operands) => unescapeText(stringOperand(operands, 1), "query"),
  "urlquery.decode_object": (operands) => decodeQuery(stringOperand(operands, 1)),
  "urlquery.encode": (operands) => escapeText(stringOperand(operands, 1), "query"),
  "urlquery.encode_object": ([object]) => {
    if (!(object instanceof RegoObject)) throw new BuiltinError("operand 1 must be object");
    return encodeQuery(object);
  },
};

function isUrl(text: string): boolean {
  try {
    parseUrl(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}

function describeUrl(text: string): RegoObject {
  const { scheme, host, path, rawPath, rawQuery, fragment } = parseUrl(text);
  const [hostname, port] = splitHost(host);
  const parts = {
    scheme,
    hostname,
    port,
    path,
    raw_path: rawPath === "" ? path : rawPath,
    raw_query: rawQuery,
    fragment,
  };
  return new RegoObject(Object.entries(parts).filter(([, part]) => part !== ""));
}

function decodeQuery(query: string): RegoObject {
  const settings = query.split("&");
  if (settings.length > MAX_PARAMETERS) throw new BuiltinError("number of URL query parameters exceeded limit");
  const values = new Map<string, string[]>();
  for (const setting of settings) {
    if (setting.includes(";")) throw new BuiltinError("invalid semicolon separator in query");
    if (setting === "") continue;
    const equals = setting.indexOf("=");
    const key = unescapeText(equals === -1 ? setting : setting.slice(0, equals), "query");
    const value = equals === -1 ? "" : unescapeText(setting.slice(equals + 1), "query");
    const earlier = values.get(key);
    if (earlier === undefined) values.set(key, [value]);
    else earlier.push(value);
  }
  return new RegoObject([...values]);
}

function encodeQuery(object: RegoObject): string {
  return object.entries
    .map(([key, value]) => [typeof key === "string" ? key : encodeValueText(key), textsOf(value)] as const)
    .toSorted(([left], [right]) => compareStrings(left, right))
    .flatMap(([key, texts]) => texts.map((text) => `${escapeText(key, "query")}=${escapeText(text, "query")}`))
    .join("&");
}

function textsOf(value: RegoValue): readonly string[] {
  if (typeof value === "string") return [value];
  const members = value instanceof RegoSet ? value.members : value;
  if (!isRegoArray(members)) throw wrongValues();
  return members.map((member) => {
    if (typeof member !== "string") throw wrongValues();
    return member;
  });
}

function wrongValues(): BuiltinError {
  return new BuiltinError("operand 1 values must be string, array[string], or set[string]");
}
