import http from "node:http";
import https from "node:https";
import { ConfigError, isJsonObject, parseJson, systemCodeOf } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { busy, failed, malformed, unavailable } from "./failures.ts";
import { KMS_LIMITS } from "./limits.ts";
import type { Secrets } from "./secrets.ts";

export interface ServiceRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: JsonObject;
  /** PEM certificates to trust instead of Node's. */
  readonly ca?: string | undefined;
}

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly ca: string | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** Who is asked, for messages, and how what it says is made fit for them. */
export interface Service {
  /** "Vault at https://…". */
  readonly name: string;
  /** What the request is about: "the key release-1". */
  readonly key: string;
  readonly secrets: Secrets;
  /** What to do when access is denied. */
  readonly advice: string;
}

/**
 * Asks a service for a JSON object. Redirects are not followed, since the request carries a credential; the answer is
 * capped. Nothing in the answer has been checked but that it is a JSON object.
 * @throws ConfigError SIGNER_UNAVAILABLE (denied, absent, disabled), SIGNING_FAILED (busy, unreachable, TLS, malformed)
 */
export async function requestJson(request: ServiceRequest, service: Service, signal: AbortSignal): Promise<JsonObject> {
  const { status, body } = await exchange(toWire(request), service, signal);
  if (status !== 200) throw statusFailure(status, body, service);
  const json = parseJson(body, {
    maxBytes: KMS_LIMITS.maxAnswerBytes,
    code: "SIGNING_FAILED",
    what: `What ${service.name} answered`,
  });
  if (!isJsonObject(json)) throw malformed(service.name, "not a JSON object");
  return json;
}

function toWire({ url, headers, body, ca }: ServiceRequest): WireRequest {
  const accept = { accept: "application/json", ...headers };
  if (body === undefined) return { url, method: "GET", headers: accept, body: undefined, ca };
  const bytes = Buffer.from(JSON.stringify(body));
  const type = { "content-type": "application/json", "content-length": String(bytes.length) };
  return { url, method: "POST", headers: { ...accept, ...type }, body: bytes, ca };
}

/**
 * One request and its whole answer, capped. Whatever its status, it is not acted upon, redirects included.
 * @throws ConfigError SIGNING_FAILED when no answer comes, or one over the cap
 */
export async function exchange(request: WireRequest, service: Service, signal: AbortSignal): Promise<WireAnswer> {
  try {
    const response = await send(request, signal);
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body: await readCapped(response, service) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw connectionFailure(error, service.name);
  }
}

function send({ url, method, headers, body, ca }: WireRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { request: open } = url.protocol === "https:" ? https : http;
  const options = { method, headers, signal, ...(ca === undefined ? {} : { ca }) };
  return new Promise((resolve, reject) => {
    open(url, options).once("response", resolve).once("error", reject).end(body);
  });
}

async function readCapped(response: AsyncIterable<Buffer>, service: Service): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.byteLength;
    if (size > KMS_LIMITS.maxAnswerBytes) throw malformed(service.name, `more than ${KMS_LIMITS.maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** A connection that did not stand: for want of trust in the other side, or for want of the other side. */
function connectionFailure(error: unknown, service: string): ConfigError {
  const code = systemCodeOf(error) ?? "no answer";
  return TLS_CODE.test(code)
    ? failed(`${service} could not be trusted (${code}); check its address, or give the CA that certified it.`)
    : busy(`${service} could not be reached (${code}); check its address and the connection to it, then sign again.`);
}

/** What an answer's status means, whoever answered. */
export function statusFailure(status: number, body: Uint8Array | string, service: Service): ConfigError {
  const { name, key, advice } = service;
  const said = service.secrets.quote(reasonIn(body));
  const answered = `${name} answered ${status}${said === "" ? "" : ` (${said})`} about ${key}`;
  if (status >= 300 && status < 400) {
    return failed(`${answered}: a redirect, which is not followed with credentials; give the service's own address.`);
  }
  if (status === 401 || status === 403) return unavailable(`${answered}: access is denied; ${advice}`);
  if (status === 404 || status === 410) {
    return unavailable(`${answered}: it is not there; check its name, its version, its region and the address.`);
  }
  if (status === 408 || status === 412 || status === 429 || status >= 500) {
    return busy(`${answered}: it is busy or down; sign again later.`);
  }
  if (status >= 400) return unavailable(`${answered}: check that this version of the key is enabled and may sign.`);
  return failed(`${answered}, which is no answer to the request; check the address.`);
}

/** The texts in the error forms of Vault (`errors`), Google and Azure (`error.message`). */
function reasonIn(body: Uint8Array | string): string {
  if (typeof body === "string") return body;
  try {
    const json = parseJson(body, { maxBytes: KMS_LIMITS.maxAnswerBytes, code: "SIGNING_FAILED", what: "The answer" });
    if (!isJsonObject(json)) return "";
    const { errors, error } = json;
    if (Array.isArray(errors)) return errors.filter((text) => typeof text === "string").join("; ");
    return isJsonObject(error) && typeof error["message"] === "string" ? error["message"] : "";
  } catch {
    return "";
  }
}
