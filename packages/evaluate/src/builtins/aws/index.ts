import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { parsePrintableUrl } from "../encoding/go-url.ts";
import { goJson } from "../json/go-json.ts";
import { integerOperand, objectOperand } from "../operands.ts";
import { signRequest } from "./signature.ts";
import type { AwsCredentials } from "./signature.ts";

type Members = ReadonlyMap<RegoValue, RegoValue>;

/** What OPA's http.send takes: the request that is signed is one for it. */
const REQUEST_KEYS: ReadonlySet<RegoValue> = new Set([
  ...["method", "url", "body", "enable_redirect", "force_json_decode", "force_yaml_decode", "headers", "raw_body"],
  ...["tls_use_system_certs", "tls_ca_cert", "tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_client_cert"],
  ...["tls_client_cert_file", "tls_client_cert_env_variable", "tls_client_key", "tls_client_key_file"],
  ...["tls_client_key_env_variable", "tls_insecure_skip_verify", "tls_server_name", "timeout", "cache", "force_cache"],
  ...["force_cache_duration_seconds", "raise_error", "caching_mode", "max_retry_attempts", "cache_ignored_headers"],
]);

/** The request with the headers that sign it; headers that are no strings become empty ones. */
function signedRequest(operands: readonly RegoValue[]): RegoValue {
  const request: Members = new Map(objectOperand(operands, 1).entries);
  const credentials = readCredentials(new Map(objectOperand(operands, 2).entries));
  const time = integerOperand(operands, 3);
  if ([...request.keys()].some((name) => !REQUEST_KEYS.has(name))) throw new BuiltinError("invalid request parameter");
  const [method, url] = [textIn(request, "method"), textIn(request, "url")];
  const headers = headersIn(request);
  const { host, escapedPath, rawQuery } = parsePrintableUrl(url);
  const parts = { method, host, path: escapedPath, query: rawQuery, headers, body: bodyIn(request) };
  const added = signRequest(parts, credentials, time);
  const all = new RegoObject([...new Map([...headers, ...added])]);
  return new RegoObject([...new Map<RegoValue, RegoValue>([...request, ["headers", all]])]);
}

function readCredentials(config: Members): AwsCredentials {
  const skipsBody = config.has("disable_payload_signing") ? config.get("disable_payload_signing") : false;
  if (typeof skipsBody !== "boolean") throw new BuiltinError("invalid value for 'disable_payload_signing'");
  return {
    service: textIn(config, "aws_service"),
    region: textIn(config, "aws_region"),
    accessKey: textIn(config, "aws_access_key"),
    secretKey: textIn(config, "aws_secret_access_key"),
    sessionToken: textOrNothing(config.get("aws_session_token")),
    skipsBody,
  };
}

function textIn(members: Members, name: string): string {
  const value = members.get(name);
  if (typeof value !== "string") throw new BuiltinError(`missing or invalid required parameter: ${name}`);
  return value;
}

function textOrNothing(value: RegoValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function headersIn(request: Members): Map<string, string> {
  const headers = request.has("headers") ? request.get("headers") : new RegoObject([]);
  if (!(headers instanceof RegoObject)) throw new BuiltinError("headers must be object");
  return new Map(headers.entries.map(([name, value]) => [textOrNothing(name), textOrNothing(value)]));
}

/** `raw_body` wins over `body`, whatever it is. */
function bodyIn(request: Members): string {
  if (request.has("raw_body")) return textOrNothing(request.get("raw_body"));
  const body = request.get("body");
  return body === undefined ? "" : goJson(body);
}

/** Requests to AWS, signed. */
export const AWS_BUILTINS: BuiltinFamily = { "providers.aws.sign_req": signedRequest };
