import { verify } from "node:crypto";
import type { KeyKind, PublicKey } from "./public-key.ts";

export type HashName = "sha256" | "sha384" | "sha512";

/** The hash that goes with a key where nothing else is said (FIPS 186-5 strengths; Sigstore's algorithm registry). */
const USUAL_HASH: Readonly<Record<KeyKind, HashName>> = {
  "P-256": "sha256",
  "P-384": "sha384",
  "P-521": "sha512",
  RSA: "sha256",
  Ed25519: "sha512",
};

export function usualHash(key: PublicKey): HashName {
  return USUAL_HASH[key.kind];
}

/**
 * Whether the signature is the key's over the bytes: ECDSA in DER or RSA PKCS #1 v1.5 with the hash, Ed25519 over the
 * bytes themselves (RFC 8032; the hash is not used).
 */
export function isSignedBy(key: PublicKey, bytes: Uint8Array, signature: Uint8Array, hash: HashName): boolean {
  try {
    return verify(key.kind === "Ed25519" ? null : hash, bytes, key.key, signature);
  } catch {
    return false; // OpenSSL could make nothing of it: not a signature.
  }
}
