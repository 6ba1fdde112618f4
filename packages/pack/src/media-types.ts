/** Media types as they are sent and recorded (IANA for gzip; the Sigstore bundle and OPA specifications for theirs). */
export const MEDIA_TYPES = Object.freeze({
  packTar: "application/vnd.intelgraph.policy+tar",
  opaBundle: "application/gzip",
  sigstoreBundle: "application/vnd.sigstore.bundle+json",
  problem: "application/problem+json",
} as const);
