import { SIGN_LIMITS } from "./limits.ts";

/** Sigstore's public-good instance, and how long one request to it may take. */
export const DEFAULTS = Object.freeze({
  fulcioUrl: "https://fulcio.sigstore.dev",
  rekorUrl: "https://rekor.sigstore.dev",
  rekorVersion: 1,
  /** With its path: the client library adds none to a URL that has one. */
  tsaUrl: "https://timestamp.sigstore.dev/api/v1/timestamp",
  /** The audience that Fulcio demands of an identity token. */
  audience: "sigstore",
  timeoutMs: SIGN_LIMITS.timeoutMs,
  retries: SIGN_LIMITS.retries,
} as const);
