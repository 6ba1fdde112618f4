import {
  ERROR_CODES,
  FormatError,
  isJsonObject,
  messageOf,
  parseJson,
  systemCodeOf,
  TransportError,
} from "@policy-pack/pack";
import type { ErrorCode, JsonValue, PolicyPackError } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { toError } from "../rejection.ts";
import type { Question } from "./readiness-answer.ts";

/** Of what a server says of a failure. */
const MAX_TEXT = 500;

/**
 * Asks a server for the verdict on a release: one GET, no redirect (which would carry the token elsewhere), the answer
 * held in memory up to its cap.
 * @param server the server's base URL
 * @throws TransportError FETCH_FAILED, FETCH_TIMEOUT, FETCH_STATUS, FETCH_REJECTED; FormatError LIMIT_EXCEEDED; the error
 *   that the server's problem names
 */
export async function fetchReadiness(server: URL, token: string, asked: Question): Promise<Uint8Array> {
  const url = toUrl(server, asked);
  const signal = AbortSignal.timeout(CLI_LIMITS.readinessTimeoutMs);
  const { status, type, body } = await get(url, token, signal).catch((thrown: unknown) => {
    throw toFailure(thrown, url, signal);
  });
  if (status === 200 && type === "application/json") return body;
  throw toStatusError(status, body, url);
}

function toUrl(server: URL, { service, releaseId, target, environment }: Question): URL {
  const base = server.href.endsWith("/") ? server.href : `${server.href}/`;
  const url = new URL(`v1/readiness/${encodeURIComponent(service)}/${encodeURIComponent(releaseId)}`, base);
  if (target !== undefined) url.searchParams.set("target", target);
  if (environment !== undefined) url.searchParams.set("environment", environment);
  return url;
}

interface Got {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Uint8Array;
}

async function get(url: URL, token: string, signal: AbortSignal): Promise<Got> {
  const headers = { accept: "application/json", authorization: `Bearer ${token}`, "cache-control": "no-cache" };
  const response = await fetch(url, { headers, redirect: "manual", signal });
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Its declared element type is any.
  const stream: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const piece of stream) {
    size += piece.byteLength;
    if (size > CLI_LIMITS.maxReadinessBytes) {
      throw new FormatError("LIMIT_EXCEEDED", `${url.origin} answers with over ${CLI_LIMITS.maxReadinessBytes} bytes.`);
    }
    pieces.push(piece);
  }
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  return { status: response.status, type, body: Buffer.concat(pieces, size) };
}

function toFailure(thrown: unknown, url: URL, signal: AbortSignal): PolicyPackError {
  if (thrown instanceof FormatError) return thrown;
  if (signal.aborted) {
    const message = `${url.origin} took too long to answer; try again.`;
    return new TransportError("FETCH_TIMEOUT", message, { cause: thrown });
  }
  // What fetch throws says "fetch failed"; its cause says why.
  const cause = typeof thrown === "object" && thrown !== null && "cause" in thrown ? thrown.cause : thrown;
  const message = `${url.origin} could not be asked (${systemCodeOf(cause) ?? messageOf(cause)}); check --server.`;
  return new TransportError("FETCH_FAILED", message, { cause: thrown });
}

/** The server's own code where it names one of ours, so that an expired token exits like one. */
function toStatusError(status: number, body: Uint8Array, url: URL): PolicyPackError {
  if (status >= 300 && status < 400) {
    const message = `${url.origin} answers with a redirect, which is not followed with a token; give the final address.`;
    return new TransportError("FETCH_REJECTED", message);
  }
  const problem = readProblem(body);
  if (problem !== undefined && status >= 400) return toError(problem.code, problem.detail.slice(0, MAX_TEXT));
  const message = `${url.origin} answers with status ${status}; check --server, and that it is configured for promotions.`;
  return new TransportError("FETCH_STATUS", message, { retryable: status === 429 || status >= 500 });
}

function readProblem(body: Uint8Array): { readonly code: ErrorCode; readonly detail: string } | undefined {
  const { maxReadinessBytes: maxBytes } = CLI_LIMITS;
  let value: JsonValue;
  try {
    value = parseJson(body, { maxBytes, code: "INPUT_INVALID", what: "The problem" });
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { code, detail } = value;
  return typeof code === "string" && isErrorCode(code) && typeof detail === "string" ? { code, detail } : undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
