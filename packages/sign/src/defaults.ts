/** Sigstore's public-good instance, and how long one request to it may take. */
export const DEFAULTS = Object.freeze({
  fulcioUrl: "https://fulcio.sigstore.dev",
  rekorUrl: "https://rekor.sigstore.dev",
  rekorVersion: 1,
  /** With its path: the client library adds none to a URL that has one. */
  tsaUrl: "https://timestamp.sigstore.dev/api/v1/timestamp",
  /** The audience that Fulcio demands of an identity token. */
  audience: "sigstore",
  timeoutMs: 30_000,
  /** Of a request that failed on the way or was answered 408, 429 or 5xx. */
  retries: 2,
  /** Of an answer with an identity token: tokens are one to four kilobytes. */
  maxTokenBytes: 64 * 1024,
} as const);
