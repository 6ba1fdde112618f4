import { createPublicKey } from "node:crypto";
import { ConfigError } from "@policy-pack/pack";
import { keyFacts } from "../keys/key-kind.ts";
import type { KeyFacts } from "../keys/key-kind.ts";

/** What is signed: the bytes of a file, or a statement in an envelope. */
export type ContentKind = "message" | "statement";

/** Which API a log speaks. */
export type RekorVersion = 1 | 2;

/** `PublicKeyDetails` of the Sigstore protobuf specs for each key that a log takes a SHA-256 of. */
const KEY_DETAILS: Readonly<Record<string, string>> = {
  "P-256": "PKIX_ECDSA_P256_SHA_256",
  "RSA-2048": "PKIX_RSA_PKCS1V15_2048_SHA256",
  "RSA-3072": "PKIX_RSA_PKCS1V15_3072_SHA256",
  "RSA-4096": "PKIX_RSA_PKCS1V15_4096_SHA256",
};

/** How a log entry describes the key; undefined for one that Sigstore's logs take no digest of. */
export function keyDetailsOf(key: KeyFacts): string | undefined {
  return KEY_DETAILS[key.name];
}

/**
 * Why a log of that version does not take a signature by that key, or undefined when it does. Both versions take digests
 * (`hashedrekord`) only in the pairs of key and hash that Sigstore's registry names: P-384 and P-521 are there with
 * SHA-384 and SHA-512 alone, and Ed25519 only prehashed, none of which cosign verifies. A v1 log takes an envelope
 * whole (`dsse`) and then any key.
 * Source: Sigstore algorithm registry; Rekor v1 and v2, permitted client signing algorithms.
 */
export function logLimit(key: KeyFacts, content: ContentKind, version: RekorVersion): string | undefined {
  if (keyDetailsOf(key) !== undefined || (content === "statement" && version === 1)) return undefined;
  const wanted = `${Object.keys(KEY_DETAILS).slice(0, -1).join(", ")} or ${Object.keys(KEY_DETAILS).at(-1) ?? ""}`;
  return `A Rekor v${version} log takes no ${content} signed by a key of the kind ${key.name}, only by ${wanted}`;
}

/** @throws ConfigError KEY_INVALID for a key that the log does not take */
export function checkLoggable(key: KeyFacts, content: ContentKind, version: RekorVersion): void {
  const limit = logLimit(key, content, version);
  if (limit === undefined) return;
  throw new ConfigError("KEY_INVALID", `${limit}; use such a key, or a signing config without a log.`);
}

/** The facts of a public key in DER (SubjectPublicKeyInfo). */
export function spkiFacts(spki: Uint8Array): KeyFacts {
  return keyFacts(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
}
