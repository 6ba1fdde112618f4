/** Every cap and time of signing with a key that another service holds, each with its reason. */
export const KMS_LIMITS = Object.freeze({
  /** One request, credentials included: these services answer within a second or two, or are down. */
  timeoutMs: 30_000,
  /** Of a request that was throttled, failed on the way or was answered 5xx: enough for a burst, not for an outage. */
  retries: 2,
  /** The pause before the first retry; each further one is twice as long. */
  retryDelayMs: 500,
  /** Of any pause between retries. */
  maxRetryDelayMs: 8_000,
  /** An answer: a Vault key with a thousand versions is about 400 KB. */
  maxAnswerBytes: 1024 * 1024,
  /** A key's URI: a PKCS #11 URI with every attribute stays below 1 KB. */
  maxUriLength: 2048,
  /** A file with a token, a PIN or CA certificates. */
  maxFileBytes: 1024 * 1024,
  /** What a service says of an error, as far as it is repeated. */
  maxQuoteLength: 300,
  /** Pages of a key's versions, 1000 on each. */
  maxVersionPages: 10,
  /** RSA sizes: below, forgeable; above, verifiers refuse them. */
  minRsaBits: 2048,
  maxRsaBits: 8192,
  /** Objects on a token that match a URI: one is signed with, more are only counted to be refused. */
  maxMatches: 2,
  /** Slots of a PKCS #11 module. */
  maxSlots: 256,
  /** One attribute of a PKCS #11 object: a certificate is the largest that is read. */
  maxAttributeBytes: 64 * 1024,
} as const);
