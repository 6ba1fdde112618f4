import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { DocumentError } from "../fields.ts";
import { SIGN_LIMITS } from "../limits.ts";

export interface RequestOptions {
  /** Of each request, in milliseconds. */
  readonly timeoutMs: number;
  /** Of each request that failed on the way or was answered 408, 429 or 5xx. */
  readonly retries: number;
}

/** What one sort of request takes and brings. */
export interface ExchangeOptions extends RequestOptions {
  readonly maxBytes: number;
  /** What is sent and must not be told: words of the service that repeat it are left out. */
  readonly secret?: string;
}

/** A service's refusal, or no answer at all. */
export class ServiceError extends Error {
  /** Undefined when there was no answer. */
  readonly statusCode: number | undefined;
  /** Where the service says that the thing is. */
  readonly location: string | undefined;

  constructor(message: string, response?: Response, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.statusCode = response?.status;
    this.location = response?.headers.get("location") ?? undefined;
  }
}

const FIRST_PAUSE_MS = 500;
/** Enough for a sentence of the service's own. */
const MAX_REASON_BYTES = 8 * 1024;
/** Services that know no JSON answer in their own type. */
const ACCEPT = "application/json, */*;q=0.1";

/**
 * Posts JSON and returns the answer's body, at most that many bytes of it; redirects are not followed. What failed on
 * the way, or for the moment, is tried again after a pause that doubles.
 * @throws ServiceError
 */
export function postJson(url: string, body: object, options: ExchangeOptions): Promise<Uint8Array> {
  const headers = { "content-type": "application/json", accept: ACCEPT };
  return exchange(url, { method: "POST", headers, body: JSON.stringify(body) }, options);
}

/** The same for what is only looked up. @throws ServiceError */
export function getJson(url: string, options: ExchangeOptions): Promise<Uint8Array> {
  return exchange(url, { method: "GET", headers: { accept: ACCEPT } }, options);
}

/** What a service answered, read strictly. @throws DocumentError */
export function toJson(body: Uint8Array): JsonValue {
  try {
    return parseJson(body, { maxBytes: SIGN_LIMITS.maxAnswerBytes, code: "INPUT_INVALID", what: "its answer" });
  } catch (error) {
    throw new DocumentError(messageOf(error));
  }
}

async function exchange(url: string, init: RequestInit, options: ExchangeOptions): Promise<Uint8Array> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await exchangeOnce(url, init, options);
    } catch (error) {
      const failure =
        error instanceof ServiceError ? error : new ServiceError(reasonOf(error), undefined, { cause: error });
      if (attempt >= options.retries || !isPassing(failure.statusCode)) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

async function exchangeOnce(url: string, init: RequestInit, options: ExchangeOptions): Promise<Uint8Array> {
  const { timeoutMs, maxBytes, secret } = options;
  // A redirect would take the body along, and a token with it: here it is a refusal.
  const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  if (response.ok) return readCapped(response, maxBytes);
  const reason = await readCapped(response, MAX_REASON_BYTES).then(sentenceOf, () => "");
  const isTelling = secret !== undefined && reason.includes(secret);
  throw new ServiceError(`it answered ${response.status}${isTelling ? "" : reason}`, response);
}

/** The body, or an error as soon as it is longer than that. */
export async function readCapped(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const body: ReadableStream<Uint8Array> | null = response.body;
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`its answer exceeds ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Sigstore's services say why in `message`. */
function sentenceOf(body: Uint8Array): string {
  const said = /"message"\s*:\s*"([^"\\]{1,500})"/.exec(Buffer.from(body).toString("utf8"))?.[1];
  return said === undefined ? "" : ` (${said})`;
}

/** Whether the same request may succeed later. */
export function isPassing(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

/** Node's `fetch` says only "fetch failed"; the reason stands in its cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)} (${messageOf(cause)})`;
}
