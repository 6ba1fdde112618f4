/** Every cap and time of signing, each with its reason. */
export const SIGN_LIMITS = Object.freeze({
  /** One request to a Sigstore service or to GitHub's token service: they answer within seconds or are down. */
  timeoutMs: 30_000,
  /** Of a request that failed on the way or was answered 408, 429 or 5xx: enough for a restart, not for an outage. */
  retries: 2,
  /** An answer with an identity token, and the token's payload: tokens are one to four kilobytes. */
  maxTokenBytes: 64 * 1024,
  /** Ed25519 hashes its message twice, so it must stand in memory; other keys stream and have no such cap. */
  maxEd25519Bytes: 512 * 1024 * 1024,
} as const);
