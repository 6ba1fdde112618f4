import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, messageOf, systemCodeOf, TransportError } from "@policy-pack/pack";
import type { PolicyPackError } from "@policy-pack/pack";
import type { Fetcher } from "tuf-js";
// The client tells "there is no newer root" from a failure by this class alone, which its index does not export.
import { DownloadHTTPError } from "tuf-js/dist/error.js";
import { CLI_LIMITS } from "./limits.ts";

/** A fetcher that remembers why it failed: the TUF client keeps only the text of what it is thrown. */
export interface TufFetcher extends Fetcher {
  /** What ended the last download; undefined when it was answered. */
  failure(): PolicyPackError | undefined;
}

/**
 * Downloads for the TUF client: one GET a file, no redirects, no retries, each answer held in memory up to its cap and
 * written nowhere but into `folder`.
 * @param signal ends every download, a time-out included
 */
export function createTufFetcher(folder: string, signal: AbortSignal): TufFetcher {
  let failure: PolicyPackError | undefined;
  const downloadBytes = async (url: string, maxLength: number): Promise<Buffer> => {
    failure = undefined;
    try {
      return await download(url, Math.min(maxLength, CLI_LIMITS.maxTufFileBytes), signal);
    } catch (thrown) {
      failure = toFailure(thrown, url, signal);
      throw thrown;
    }
  };
  return {
    failure: () => failure,
    downloadBytes,
    downloadFile: async (url, maxLength, handler) => {
      const path = join(folder, "download");
      await writeFile(path, await downloadBytes(url, maxLength));
      return handler(path);
    },
  };
}

async function download(url: string, maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const response = await fetch(url, { redirect: "manual", signal });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new DownloadHTTPError(`status ${response.status}`, response.status);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  // Its declared element type is any.
  const body: AsyncIterable<Uint8Array> = response.body;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > maxBytes)
      throw new FormatError("LIMIT_EXCEEDED", `${url} is over ${maxBytes} bytes; use another mirror.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

function toFailure(thrown: unknown, url: string, signal: AbortSignal): PolicyPackError {
  if (thrown instanceof FormatError) return thrown;
  if (thrown instanceof DownloadHTTPError) return toStatusFailure(thrown, url);
  if (signal.aborted && isTimeout(signal.reason)) {
    return new TransportError("FETCH_TIMEOUT", `${url} took too long; try again, or use another mirror.`, {
      cause: thrown,
    });
  }
  // What fetch throws says "fetch failed"; its cause says why.
  const cause = typeof thrown === "object" && thrown !== null && "cause" in thrown ? thrown.cause : thrown;
  const reason = systemCodeOf(cause) ?? messageOf(cause);
  return new TransportError("FETCH_FAILED", `${url} could not be fetched (${reason}); check the mirror's address.`, {
    cause: thrown,
  });
}

function toStatusFailure(thrown: DownloadHTTPError, url: string): TransportError {
  const { statusCode: status } = thrown;
  if (status >= 300 && status < 400) {
    const message = `${url} is answered with a redirect, which is not followed; give the mirror's final address.`;
    return new TransportError("FETCH_REJECTED", message, { cause: thrown });
  }
  return new TransportError("FETCH_STATUS", `${url} is answered with status ${status}; check the mirror's address.`, {
    cause: thrown,
    retryable: status === 429 || status >= 500,
  });
}

function isTimeout(reason: unknown): boolean {
  return typeof reason === "object" && reason !== null && "name" in reason && reason.name === "TimeoutError";
}
