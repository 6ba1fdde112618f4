import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@policy-pack/pack";

export interface RequestOptions {
  /** Of each request, in milliseconds. */
  readonly timeoutMs: number;
  /** Of each request that failed on the way or was answered 408, 429 or 5xx. */
  readonly retries: number;
}

/** A service's refusal, or no answer at all. */
export class ServiceError extends Error {
  /** Undefined when there was no answer. */
  readonly statusCode: number | undefined;

  constructor(message: string, statusCode?: number, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.statusCode = statusCode;
  }
}

const FIRST_PAUSE_MS = 500;
/** Enough for a sentence of the service's own. */
const MAX_REASON_BYTES = 8 * 1024;

/**
 * Posts JSON and returns the answer's body, at most that many bytes of it; redirects are not followed. What failed on
 * the way, or for the moment, is tried again after a pause that doubles.
 * @throws ServiceError
 */
export async function postJson(
  url: string,
  body: object,
  { timeoutMs, retries, maxBytes }: RequestOptions & { readonly maxBytes: number },
): Promise<Uint8Array> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await postOnce(url, body, timeoutMs, maxBytes);
    } catch (error) {
      const failure =
        error instanceof ServiceError ? error : new ServiceError(reasonOf(error), undefined, { cause: error });
      if (attempt >= retries || !isPassing(failure.statusCode)) throw failure;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

async function postOnce(url: string, body: object, timeoutMs: number, maxBytes: number): Promise<Uint8Array> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.ok) return readCapped(response, maxBytes);
  const reason = await readCapped(response, MAX_REASON_BYTES).then(sentenceOf, () => "");
  throw new ServiceError(`it answered ${response.status}${reason}`, response.status);
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

function isPassing(status: number | undefined): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

/** Node's `fetch` says only "fetch failed"; the reason stands in its cause. */
function reasonOf(error: unknown): string {
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : undefined;
  return cause === undefined ? messageOf(error) : `${messageOf(error)} (${messageOf(cause)})`;
}
