import { request as requestHttp } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, getCACertificates } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { createGunzip } from "node:zlib";

import { splitHost } from "../builtins/uri/url.ts";
import type { GoUrl } from "../builtins/uri/url.ts";
import { BodyFailure, TooLarge } from "./io-failure.ts";
import type { HttpAnswer, HttpTask, TlsTask } from "./io-messages.ts";

/** One request to one address. */
export type Exchange = Pick<HttpTask, "method" | "headers" | "body" | "tls" | "maxResponseBytes"> & {
  readonly url: GoUrl;
};

type Header = readonly [name: string, value: string];

/** Go's client sets these itself, whatever a caller says. */
const OWN_HEADERS = ["host", "content-length", "transfer-encoding", "trailer"];

/**
 * Sends one request over a connection of its own, HTTP/1.1 without a proxy, and reads the answer to its end. A gzip
 * that was not asked for by the caller is taken off, as Go's client does.
 *
 * @throws TooLarge, BodyFailure, or what Node threw
 */
export async function exchange(task: Exchange, signal: AbortSignal): Promise<HttpAnswer> {
  const asksOtherwise = ["accept-encoding", "range"].some((name) => headerOf(task, name) !== undefined);
  const canUnzip = !asksOtherwise && task.method !== "HEAD";
  const response = await send(task, canUnzip, signal);
  try {
    return await readAnswer(response, canUnzip, task.maxResponseBytes);
  } catch (thrown) {
    throw thrown instanceof TooLarge ? thrown : new BodyFailure("the body broke off", { cause: thrown });
  } finally {
    response.destroy();
  }
}

async function send(task: Exchange, canUnzip: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = open(task, canUnzip, signal);
    request.on("response", resolve);
    for (const event of ["upgrade", "connect"]) {
      request.on(event, () => {
        reject(new Error("the server switched protocols"));
        request.destroy();
      });
    }
    request.on("error", reject);
    request.end(task.body);
  });
}

function open(task: Exchange, canUnzip: boolean, signal: AbortSignal): ClientRequest {
  const { url, method, tls } = task;
  if (url.scheme !== "http" && url.scheme !== "https") throw new Error(`unsupported protocol scheme "${url.scheme}"`);
  const [hostname, port] = splitHost(url.host);
  if (hostname === "") throw new Error("http: no Host in request URL");
  const isSecure = url.scheme === "https";
  const options = {
    host: hostname,
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    path: targetOf(url),
    method,
    headers: requestHeaders(task, canUnzip).flatMap(([name, value]) => [name, latin1Of(value)]),
    agent: false as const,
    signal,
  };
  return isSecure ? requestHttps({ ...options, ...tlsOptions(tls, hostname) }) : requestHttp(options);
}

function targetOf({ escapedPath, rawQuery, hasEmptyQuery }: GoUrl): string {
  const path = escapedPath === "" ? "/" : escapedPath;
  return latin1Of(rawQuery !== "" || hasEmptyQuery ? `${path}?${rawQuery}` : path);
}

/** Node writes texts as Latin-1, Go as the bytes that they are. */
function latin1Of(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function requestHeaders(task: Exchange, canUnzip: boolean): readonly Header[] {
  const { url, method, body, headers } = task;
  const all: Header[] = [["Host", headerOf(task, "host") ?? url.host]];
  if (headerOf(task, "user-agent") === undefined) all.push(["User-Agent", "policy-pack"]);
  if (body.length > 0 || ["POST", "PUT", "PATCH"].includes(method)) all.push(["Content-Length", String(body.length)]);
  const custom = headers.filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase()));
  if (url.user !== undefined && headerOf(task, "authorization") === undefined) {
    custom.push(["Authorization", `Basic ${Buffer.from(url.user.join(":")).toString("base64")}`]);
  }
  all.push(...custom.toSorted(([left], [right]) => (left < right ? -1 : 1)));
  if (canUnzip) all.push(["Accept-Encoding", "gzip"]);
  all.push(["Connection", "close"]);
  return all;
}

function headerOf({ headers }: Pick<Exchange, "headers">, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Roots of the caller are the only ones, and any certificate among them ends a chain, as in Go. */
function tlsOptions(tls: TlsTask, hostname: string): ConnectionOptions {
  const name = tls.serverName ?? hostname;
  const trusted = [...(tls.trustsSystem ? getCACertificates("system") : []), ...tls.trusted];
  return {
    ...(trusted.length > 0 ? { ca: trusted, allowPartialTrustChain: true } : {}),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    rejectUnauthorized: tls.verifies,
    // RFC 6066, 3: addresses are not sent as server names.
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(name, certificate),
  };
}

async function readAnswer(response: IncomingMessage, canUnzip: boolean, maxBytes: number): Promise<HttpAnswer> {
  const { statusCode = 0, statusMessage = "" } = response;
  const isZipped = canUnzip && response.headers["content-encoding"]?.toLowerCase() === "gzip";
  const dropped = ["transfer-encoding", "trailer", ...(isZipped ? ["content-encoding", "content-length"] : [])];
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < response.rawHeaders.length; index += 2) {
    const [name = "", value = ""] = response.rawHeaders.slice(index, index + 2);
    if (!dropped.includes(name.toLowerCase())) headers.push([name, Buffer.from(value, "latin1").toString()]);
  }
  const body = await readAll(isZipped ? unzip(response) : response, maxBytes);
  return { kind: "response", statusCode, status: `${statusCode} ${statusMessage}`.trimEnd(), headers, body };
}

function unzip(response: IncomingMessage): AsyncIterable<Buffer> {
  const gunzip = createGunzip();
  response.on("error", (error) => gunzip.destroy(error));
  return response.pipe(gunzip);
}

async function readAll(source: AsyncIterable<Buffer>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) throw new TooLarge(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}
