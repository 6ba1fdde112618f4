import { request as requestHttp } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";

export interface Upload {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

export interface UploadAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/**
 * One POST, never redirected, never retried. Of the answer only its head counts; a body is read to its end, so that the
 * connection can serve again, or cut at the cap.
 */
export function upload({ url, headers, body, timeoutMs, maxAnswerBytes, signal }: Upload): Promise<UploadAnswer> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(body.byteLength) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      maxHeaderSize: 16 * 1024,
    });
    request.on("error", reject);
    request.on("response", (answer) => {
      skip(answer, maxAnswerBytes).then(() => {
        resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers["retry-after"] });
      }, reject);
    });
    request.end(body);
  });
}

async function skip(answer: IncomingMessage, maxBytes: number): Promise<void> {
  let left = maxBytes;
  for await (const chunk of answer) {
    left -= (chunk as Uint8Array).byteLength;
    if (left < 0) break;
  }
}
