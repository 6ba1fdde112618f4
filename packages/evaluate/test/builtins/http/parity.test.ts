import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { HTTP_BUILTINS } from "../../../src/builtins/http/index.ts";
import { releaseCapabilities } from "../../../src/capabilities/release.ts";
import type { Capabilities } from "../../../src/capabilities/capabilities.ts";
import { startLoopback } from "../../support/loopback.ts";
import type { Loopback } from "../../support/loopback.ts";
import { opaEval } from "../../support/policy.ts";
import { callBuiltin, testContext, toJsonText } from "../../support/values.ts";

const capabilities: Capabilities = {
  http: { hosts: ["127.0.0.1", "localhost"], timeoutMs: 20_000, insecureTls: true },
};

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(async () => {
  releaseCapabilities(capabilities);
  await loopback.close();
});

type Make = (loopback: Loopback) => Record<string, unknown>;
const get =
  (path: string, more: Record<string, unknown> = {}): Make =>
  ({ http }) => ({ method: "get", url: http + path, ...more });
const secure =
  (more: (loopback: Loopback) => Record<string, unknown>): Make =>
  (servers) => ({ method: "GET", url: `${servers.https}/echo`, ...more(servers) });
const quiet = { raise_error: false };

const CASES: Readonly<Record<string, Make>> = {
  "a JSON body": get("/json"),
  "a +json body": get("/json-plus"),
  "several JSON documents": get("/json-lines"),
  "broken JSON": get("/json-broken"),
  "a media type that does not parse": get("/json-odd-type"),
  "JSON as text": get("/json-as-text"),
  "JSON as text, decoded by force": get("/json-as-text", { force_json_decode: true }),
  "a YAML body": get("/yaml"),
  "text, decoded as YAML by force": get("/json-as-text", { force_yaml_decode: true }),
  "text that is no YAML, decoded by force": get("/status?code=204", { force_yaml_decode: true }),
  "broken YAML": get("/yaml-broken"),
  "JSON before YAML": get("/yaml", { force_json_decode: true }),
  "an empty JSON body": get("/empty"),
  text: get("/text"),
  "a status without a body": get("/status?code=204"),
  "two headers of one name": get("/status?code=404&once=1"),
  gzip: get("/gzip"),
  "gzip for whoever asks himself": get("/gzip", { headers: { "accept-encoding": "identity" } }),
  HEAD: get("/gzip", { method: "HEAD" }),
  "a lower-case method and headers": get("/echo?a=b%20c&d", {
    headers: { "x-one": "é", "content-type": "text/x", "Content-Length": "9" },
  }),
  "a body": get("/echo", { method: "post", body: { z: [1, "<é>"], a: null, set: true } }),
  "a raw body": get("/echo", { method: "PUT", raw_body: "as it is", body: 1 }),
  "an empty POST": get("/echo", { method: "POST" }),
  "a GET with a body": get("/echo", { body: "x" }),
  "a URL with a user": ({ http }) => ({ method: "GET", url: `${http.replace("//", "//me:p%40ss@")}/echo` }),
  "a path to escape": get('/echo/é b"/%2F%41?é=1'),
  "a URL with quotation marks": ({ http }) => ({ method: '"get"', url: `"${http}/echo"` }),
  "a Host header": get("/echo", { headers: { host: "other.test" } }),
  "a redirect that is not followed": get("/redirect?to=/text"),
  "a redirect that is": get("/redirect?to=/echo%3Fa", {
    enable_redirect: true,
    headers: { authorization: "x", "x-y": "z" },
  }),
  "a redirect of a POST": get("/redirect?to=/echo", {
    enable_redirect: true,
    method: "POST",
    body: 1,
    headers: { "content-type": "a/b" },
  }),
  "a redirect of a POST that stays one": get("/redirect?status=307&to=/echo", {
    enable_redirect: true,
    method: "POST",
    body: 1,
  }),
  "a redirect without a place": get("/redirect?to=", { enable_redirect: true }),
  "a redirect to another scheme": get("/redirect?to=ftp://127.0.0.1/", { enable_redirect: true, ...quiet }),
  "nobody there": () => ({ method: "GET", url: "http://127.0.0.1:1/x", ...quiet }),
  "nobody there, raised": () => ({ method: "GET", url: "http://127.0.0.1:1/x" }),
  "an answer that does not come": get("/never", { timeout: "100ms", ...quiet }),
  "a body that does not end": get("/drip", { timeout: 100_000_000, ...quiet }),
  retries: get("/flaky?breaks=2", { max_retry_attempts: 3 }),
  "an unknown scheme": () => ({ method: "GET", url: "gopher://127.0.0.1/", ...quiet }),
  "no host": () => ({ method: "GET", url: "http:///x", ...quiet }),
  "no URL": () => ({ method: "GET", ...quiet }),
  "an unknown key": get("/text", { tls: true, ...quiet }),
  "a wrong header": get("/text", { headers: { a: 1 }, ...quiet }),
  "headers that are none": get("/text", { headers: [], ...quiet }),
  "a header name with a space": get("/text", { headers: { "a b": "c" }, ...quiet }),
  "a URL that is none": () => ({ method: "GET", url: "http://[x", ...quiet }),
  "a wrong method": get("/text", { method: "A B", ...quiet }),
  "a wrong timeout": get("/text", { timeout: "1d", ...quiet }),
  "a timeout that is no number": get("/text", { timeout: {}, ...quiet }),
  "a text for a boolean": get("/text", { enable_redirect: "true", ...quiet }),
  "a number for a boolean": get("/redirect?to=/text", { enable_redirect: 1 }),
  "a wrong force_json_decode": get("/text", { force_json_decode: 1, ...quiet }),
  "a wrong raise_error": get("/text", { raise_error: "no" }),
  "a wrong cache": get("/text", { cache: 1, ...quiet }),
  "force_cache without a duration": get("/text", { force_cache: true, ...quiet }),
  force_cache: get("/text", { force_cache: true, force_cache_duration_seconds: 5 }),
  "wrong retries": get("/text", { max_retry_attempts: -1, ...quiet }),
  "wrong cache_ignored_headers": get("/text", { cache_ignored_headers: [1], headers: {}, ...quiet }),
  "https without the root": secure(() => quiet),
  "https with the root": secure(({ ca }) => ({ tls_ca_cert: ca })),
  "https with escaped line ends": secure(({ ca }) => ({ tls_ca_cert: ca.replaceAll("\n", "\\n") })),
  "https with the roots of the system": secure(() => ({ tls_use_system_certs: true, ...quiet })),
  "https with the roots of the system and another": secure(({ ca }) => ({
    tls_use_system_certs: true,
    tls_ca_cert: ca,
  })),
  "a redirect from http to https": ({ http, https, ca }) => ({
    method: "GET",
    url: `${http}/redirect?to=${encodeURIComponent(`${https}/echo`)}`,
    enable_redirect: true,
    tls_ca_cert: ca,
  }),
  "https unchecked": secure(() => ({ tls_insecure_skip_verify: true })),
  "https for a name": secure(({ ca }) => ({ tls_ca_cert: ca, tls_server_name: "named.test" })),
  "https for another name": secure(({ ca }) => ({ tls_ca_cert: ca, tls_server_name: "other.test", ...quiet })),
  "https with a Host header": secure(({ ca }) => ({ tls_ca_cert: ca, headers: { host: "named.test" } })),
  "https with a client certificate": secure(({ ca, client }) => ({
    tls_ca_cert: ca,
    tls_client_cert: client.cert,
    tls_client_key: client.key,
  })),
  "a client certificate without its key": secure(({ ca, client }) => ({
    tls_ca_cert: ca,
    tls_client_cert: client.cert,
  })),
  "a client certificate with no key": secure(({ ca, client }) => ({
    tls_ca_cert: ca,
    tls_client_cert: client.cert,
    tls_client_key: "x",
    ...quiet,
  })),
  "roots that are none": secure(() => ({ tls_ca_cert: "none", ...quiet })),
};

const RULES = `
answer := http.send(input)
`;

/** What is said about an error, and how a connection ends, is not compared. */
function comparable(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer ?? "undefined"), (key, value: unknown) => {
    if (key === "message") return "a message";
    return key === "connection" || key === "keep-alive" ? undefined : value;
  }) as unknown;
}

describe("http.send beside stock OPA", () => {
  it.each(Object.entries(CASES))("%s", async (_title, make) => {
    const request = make(loopback);
    const ours = callBuiltin(HTTP_BUILTINS["http.send"], [request], testContext({ capabilities }));
    const theirs = await opaEval(RULES, "answer", make(loopback));
    expect(comparable(ours === undefined ? undefined : JSON.parse(toJsonText(ours)))).toEqual(comparable(theirs));
  });
});
