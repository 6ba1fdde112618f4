/** Every cap and time-out of the development authority, each with its reason. How long its certificates live is no limit. */
export const DEV_LIMITS = Object.freeze({
  /** Whoever holds the lock makes a few signatures and writes a file; a longer wait means that something is stuck. */
  lockWaitMs: 10_000,
  /** Shorter than a signature takes, so that waiting costs less than the work that is waited for. */
  lockPollMs: 5,
  /** Of a state file: a few kilobytes when whole. */
  maxStateBytes: 64 * 1024,
  /** Of one request to the HTTP front. A DSSE envelope travels whole, so this is far above a certificate request. */
  maxRequestBytes: 4 * 1024 * 1024,
  /** Requests come from this machine; one that takes longer is stuck. */
  requestTimeoutMs: 30_000,
  /** Of a timestamp's nonce, which is only repeated: RFC 3161 (2.4.1) thinks of 64 bits. */
  maxNonceBytes: 32,
} as const);
