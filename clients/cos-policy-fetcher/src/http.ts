import { TransportError } from "@policy-pack/pack";
import type * as Undici from "undici";
import type { Agent, Dispatcher } from "undici";
import type { Deadline } from "./deadline.ts";
import { toFetchError } from "./failure.ts";
import { checkContentEncoding, checkMediaType, contentLength } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { DEFAULTS, MAX_HEADER_BYTES, MAX_PROBLEM_BYTES } from "./limits.ts";
import { checkNode } from "./runtime.ts";
import { ByteSink } from "./sink.ts";
import { hasProblem, statusError } from "./status.ts";
import type { Resource } from "./status.ts";
import { displayUrl } from "./url.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly resource: Resource;
  readonly mediaType: string;
  readonly maxBytes: number;
  /** Asks caches on the way to go back to the origin. */
  readonly noCache: boolean;
}

/** A 200 answer of the asked media type, read to its end within the cap. */
export interface HttpAnswer {
  readonly fields: Fields;
  readonly bytes: Uint8Array;
}

let sharedAgent: Promise<Agent> | undefined;

/** At first use: a service that never fetches need not wait for it, and a Node too old for it learns why. */
async function loadUndici(): Promise<typeof Undici> {
  checkNode(process.versions.node);
  return import("undici");
}

/**
 * A pool of HTTP/1.1 connections: one way of framing to be strict about. Idle ones do not hold the process.
 * @throws ConfigError TOOL_MISSING on a Node that does not fit
 */
export async function createDispatcher(): Promise<Agent> {
  const { Agent } = await loadUndici();
  return new Agent({ maxHeaderSize: MAX_HEADER_BYTES, allowH2: false, connectTimeout: DEFAULTS.timeoutMs });
}

/** The pool that calls share. */
function sharedDispatcher(): Promise<Agent> {
  sharedAgent ??= createDispatcher();
  return sharedAgent;
}

/**
 * One GET, never redirected, never decompressed, never retried. Whatever is refused, the connection is closed.
 * @throws TransportError FETCH_FAILED, FETCH_STATUS, FETCH_TIMEOUT, FETCH_REJECTED, PACK_NOT_FOUND, PACK_NOT_BUILT,
 *   ATTESTATION_UNAVAILABLE
 * @throws FormatError LIMIT_EXCEEDED
 * @throws ConfigError TOOL_MISSING as `createDispatcher`
 */
export async function get(
  asked: HttpRequest,
  dispatcher: Dispatcher | undefined,
  deadline: Deadline,
): Promise<HttpAnswer> {
  const where = displayUrl(asked.url);
  try {
    const response = await deadline.race(send(asked, dispatcher, deadline.signal));
    // Destroying it before its end makes undici emit an error that nobody waits for any more.
    response.body.on("error", () => undefined);
    try {
      return await readAnswer(asked, response, deadline, where);
    } finally {
      response.body.destroy();
    }
  } catch (thrown) {
    // undici reports an abort in several ways; the reason is the one that counts.
    deadline.signal.throwIfAborted();
    throw toFetchError(thrown, where);
  }
}

async function send(
  asked: HttpRequest,
  given: Dispatcher | undefined,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { request } = await loadUndici();
  const dispatcher = given ?? (await sharedDispatcher());
  const headers: Record<string, string> = {
    accept: asked.mediaType,
    "accept-encoding": "identity",
    "user-agent": "cos-policy-fetcher",
  };
  if (asked.noCache) headers["cache-control"] = "no-cache";
  // The deadline keeps the time, also between chunks; undici's own time-outs would only come in before it.
  return request(asked.url, { dispatcher, signal, headers, method: "GET", headersTimeout: 0, bodyTimeout: 0 });
}

async function readAnswer(
  asked: HttpRequest,
  response: Dispatcher.ResponseData,
  deadline: Deadline,
  where: string,
): Promise<HttpAnswer> {
  deadline.touch();
  const { statusCode, headers: fields, body } = response;
  if (statusCode !== 200) {
    const problem = hasProblem(asked.resource, statusCode) ? await readProblem(body, deadline, where) : "";
    throw statusError(asked.resource, statusCode, problem, where);
  }
  checkMediaType(fields, asked.mediaType, where);
  checkContentEncoding(fields, where);
  const length = contentLength(fields, where);
  const sink = new ByteSink(asked.maxBytes, length, where);
  await pour(body, sink, deadline);
  checkComplete(length, sink.length, where);
  return { fields, bytes: sink.bytes() };
}

/** Injected dispatchers need not count; undici's own does. */
function checkComplete(announced: number | undefined, received: number, where: string): void {
  if (announced === undefined || announced === received) return;
  throw new TransportError("FETCH_FAILED", `${where} announced ${announced} bytes and sent ${received}; try again.`);
}

async function pour(body: AsyncIterable<unknown>, sink: ByteSink, deadline: Deadline): Promise<void> {
  for await (const chunk of body) {
    deadline.touch();
    sink.push(chunk as Uint8Array);
  }
}

/** Best effort: a problem that is too long or breaks off says no more than its status. */
async function readProblem(body: AsyncIterable<unknown>, deadline: Deadline, where: string): Promise<string> {
  const sink = new ByteSink(MAX_PROBLEM_BYTES, undefined, where);
  try {
    await pour(body, sink, deadline);
  } catch {
    deadline.signal.throwIfAborted();
    return "";
  }
  return Buffer.from(sink.bytes()).toString();
}
