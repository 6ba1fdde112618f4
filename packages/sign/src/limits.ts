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
  /** A private key file: RSA with 8192 bits, encrypted and twice in base64, is below 16 KiB. */
  maxKeyBytes: 64 * 1024,
  /** Memory and work of scrypt, four and eight times what cosign writes: the file names its own cost. */
  maxScryptBytes: 256 * 1024 * 1024,
  maxScryptWork: 8 * 65_536 * 8,
  /** Of PBKDF2, ten times what password managers take: a few seconds. */
  maxKeyIterations: 10_000_000,
  /** An answer of a log: an entry repeats a key or certificate and a proof, a few kilobytes. */
  maxAnswerBytes: 1024 * 1024,
  /** A signing config, and the services of one sort in it: an instance has a handful. */
  maxSigningConfigBytes: 256 * 1024,
  maxServices: 100,
} as const);
