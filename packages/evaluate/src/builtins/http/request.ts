import type { HttpCapability } from "../../capabilities/capabilities.ts";
import type { HttpTask } from "../../capabilities/io-messages.ts";
import { RegoObject } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { parseUrl, splitHost } from "../uri/url.ts";
import type { GoUrl } from "../uri/url.ts";
import { internalFailure, networkFailure } from "./failure.ts";
import { booleanField, checkTextFields, countField, looseBooleanField, textField, timeoutField } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { writeJson } from "./json-text.ts";
import { readTls } from "./tls.ts";

type Header = readonly [name: string, value: string];

/** What OPA waits for one attempt unless the request says otherwise. */
const USUAL_TIMEOUT_MS = 5000;
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/;

/**
 * What goes to the thread that sends, within what the caller grants. What is an error of the policy is one here too.
 *
 * @throws HttpFailure, TypeError for what no capability grants
 */
export function readRequest(fields: Fields, granted: Required<HttpCapability>): HttpTask {
  checkTextFields(fields);
  const url = textField(fields, "url");
  const method = textField(fields, "method").toUpperCase();
  checkUrl(url, method, granted.hosts);
  const headers = readHeaders(fields);
  const hostHeader = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const body = readBody(fields);
  const followsRedirects = looseBooleanField(fields, "enable_redirect");
  const tls = readTls(fields, hostHeader);
  if (!tls.verifies && !granted.insecureTls) {
    throw new TypeError("tls_insecure_skip_verify is not granted: grant insecureTls, or give the root in tls_ca_cert");
  }
  const timeoutMs = timeoutField(fields, USUAL_TIMEOUT_MS);
  if (!METHOD.test(method)) throw internalFailure(`net/http: invalid method ${JSON.stringify(method.slice(0, 100))}`);
  return {
    kind: "http",
    method,
    url,
    headers,
    body,
    followsRedirects,
    hosts: granted.hosts,
    tls,
    retries: countField(fields, "max_retry_attempts"),
    attemptMs: Math.min(timeoutMs ?? granted.timeoutMs, granted.timeoutMs),
    totalMs: granted.timeoutMs,
    maxResponseBytes: granted.maxResponseBytes,
  };
}

function checkUrl(text: string, method: string, hosts: readonly string[]): void {
  const url = parsed(text);
  const [hostname] = splitHost(url.host);
  if (url.scheme === "unix" && url.rawQuery !== "") throw new TypeError("http.send reaches no sockets of this host");
  if (hostname !== "" && !hosts.includes(hostname.toLowerCase())) throw internalFailure(`disallowed host: ${hostname}`);
  if (url.scheme !== "http" && url.scheme !== "https") {
    throw networkFailure(method, text, `unsupported protocol scheme "${url.scheme}"`);
  }
  if (hostname === "") throw networkFailure(method, text, "http: no Host in request URL");
}

function parsed(text: string): GoUrl {
  try {
    return parseUrl(text);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) throw internalFailure(`parse ${JSON.stringify(text)}: ${thrown.message}`);
    throw thrown;
  }
}

/** Names in the form that Go sends, `content-type` as `Content-Type`; of two that become the same the last counts. */
function readHeaders(fields: Fields): readonly Header[] {
  const value = fields.get("headers");
  if (value === undefined) return [];
  if (!(value instanceof RegoObject)) throw internalFailure("invalid type for headers key");
  const headers = new Map<string, string>();
  for (const [name, text] of value.entries) {
    if (typeof text !== "string" || typeof name !== "string") {
      throw internalFailure(`invalid type for headers value ${writeJson(text)}`);
    }
    headers.set(canonicalName(name), text);
  }
  return [...headers];
}

/** @see https://pkg.go.dev/net/textproto#CanonicalMIMEHeaderKey */
function canonicalName(name: string): string {
  if (!METHOD.test(name)) return name;
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** `raw_body` goes before `body`, which is sent as JSON. */
function readBody(fields: Fields): Uint8Array {
  if (fields.has("raw_body")) return Uint8Array.from(Buffer.from(textField(fields, "raw_body")));
  const body = fields.get("body");
  return body === undefined ? new Uint8Array() : Uint8Array.from(Buffer.from(writeJson(body)));
}

/** Whether the answer to this one has a place in the decision's memory, whatever its status is. */
export function remembersAll(fields: Fields): boolean {
  const wanted = booleanField(fields, "cache");
  if (!booleanField(fields, "force_cache")) return wanted;
  const seconds = fields.get("force_cache_duration_seconds");
  if (seconds === undefined) {
    throw internalFailure("'force_cache' set but 'force_cache_duration_seconds' parameter is missing");
  }
  if (typeof seconds !== "bigint" || BigInt.asIntN(32, seconds) !== seconds) {
    throw internalFailure(`strconv.ParseInt: parsing ${JSON.stringify(writeJson(seconds))}: invalid`);
  }
  return true;
}
