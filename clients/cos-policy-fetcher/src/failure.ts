import { FormatError, PolicyPackError, systemCodeOf, TransportError } from "@policy-pack/pack";

const TIMEOUTS: ReadonlySet<string> = new Set([
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);

/** The connection broke while in use; the server itself is likely there. */
const RESETS: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "EPIPE",
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
]);

/** Turns what the HTTP client threw into an error of ours; ours pass unchanged. Never repeats an address's query. */
export function toFetchError(thrown: unknown, where: string): Error {
  if (thrown instanceof PolicyPackError) return thrown;
  const code = systemCodeOf(thrown) ?? "unknown cause";
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new FormatError("LIMIT_EXCEEDED", `${where} sent oversized header fields; nothing was taken.`, {
      cause: thrown,
    });
  }
  if (TIMEOUTS.has(code)) {
    return new TransportError("FETCH_TIMEOUT", `${where} did not answer in time (${code}); try again.`, {
      cause: thrown,
    });
  }
  const retryable = RESETS.has(code);
  const next = retryable ? "try again" : "check the url, and that the server is up and speaks HTTP/1.1";
  return new TransportError("FETCH_FAILED", `${where} could not be fetched (${code}); ${next}.`, {
    cause: thrown,
    retryable,
  });
}
