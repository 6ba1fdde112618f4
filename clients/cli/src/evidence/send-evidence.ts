import { ERROR_CODES, isJsonObject, parseJson, TransportError } from "@policy-pack/pack";
import type { ErrorCode, JsonObject, PolicyPackError } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { toError } from "../rejection.ts";

export interface EvidenceRequest {
  /** The server's address; `/v1/evidence` is added. */
  readonly server: URL;
  readonly token: string;
  readonly body: Uint8Array | string;
  readonly timeoutMs?: number;
}

const MAX_TEXT = 500;

/**
 * Sends evidence and returns the server's answer. The token goes to this address and nowhere else: redirects are refused.
 * @throws PolicyPackError of the code that the server answers with
 * @throws TransportError FETCH_FAILED, FETCH_TIMEOUT, FETCH_STATUS; FETCH_REJECTED for an answer over 64 KiB
 */
export async function sendEvidence(request: EvidenceRequest): Promise<JsonObject> {
  const { server, timeoutMs = CLI_LIMITS.evidenceTimeoutMs } = request;
  const url = new URL("v1/evidence", server.href.endsWith("/") ? server : `${server.href}/`);
  const { status, bytes } = await post(url, request, AbortSignal.timeout(timeoutMs));
  const answer = parseAnswer(bytes);
  if ((status === 200 || status === 201) && answer !== undefined) return answer;
  throw toFailure(status, answer);
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

async function post(url: URL, { token, body }: EvidenceRequest, signal: AbortSignal): Promise<Answer> {
  try {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    return { status: response.status, bytes: await collect(response.body ?? []) };
  } catch (cause) {
    if (cause instanceof TransportError) throw cause;
    if (signal.aborted) {
      throw new TransportError("FETCH_TIMEOUT", `${url.host} did not answer in time; send it again.`, { cause });
    }
    throw new TransportError("FETCH_FAILED", `${url.host} could not be reached; send it again.`, { cause });
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > CLI_LIMITS.maxReceiptBytes) {
      throw new TransportError("FETCH_REJECTED", `The server's answer is over ${CLI_LIMITS.maxReceiptBytes} bytes.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

function parseAnswer(bytes: Buffer): JsonObject | undefined {
  try {
    const options = { maxBytes: CLI_LIMITS.maxReceiptBytes, code: "INPUT_INVALID", what: "The answer" } as const;
    const json = parseJson(bytes, options);
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** What the server says under its code is reported here as it would be there. */
function toFailure(status: number, answer: JsonObject | undefined): PolicyPackError {
  const { code, detail } = answer ?? {};
  if (typeof code === "string" && isErrorCode(code) && typeof detail === "string") {
    return toError(code, detail.slice(0, MAX_TEXT));
  }
  const message = `The server answered with status ${status}; check the address, and that it is configured for promotions.`;
  return new TransportError("FETCH_STATUS", message, { retryable: status === 429 || status >= 500 });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
