import { VerificationError } from "@policy-pack/pack";
import { isSignedDigest } from "../keys/prehashed.ts";
import type { PublicKey } from "../keys/public-key.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { isSignedBy, usualHash } from "../keys/signature.ts";
import type { HashName } from "../keys/signature.ts";
import type { SignedContent } from "./signed-content.ts";

/**
 * Checks the one signature that all the rest is about. A message is signed through the digest that the bundle
 * names: SHA-256 with every key, SHA-384 with P-384 alone and SHA-512 with P-521 alone; an envelope through SHA-256 or the
 * hash that goes with the curve, since DSSE leaves that to the key.
 * @throws VerificationError SIGNATURE_INVALID
 * @throws FormatError INPUT_INVALID for an Ed25519 message of which only the digest is given
 */
export function verifySignature(content: SignedContent, key: PublicKey): void {
  if (!isHashFor(key, content.hash)) {
    throw new VerificationError(
      "SIGNATURE_INVALID",
      `The bundle names ${content.hash}, through which no ${key.kind} key signs files; the bundle was changed.`,
    );
  }
  if (isSigned(content, key)) return;
  throw new VerificationError(
    "SIGNATURE_INVALID",
    `The signature is not that of the ${key.kind} key over this content; the bundle or the content was changed.`,
  );
}

/** One hash a curve besides SHA-256: with more to choose from, a digest by one could pass for a digest by another. */
function isHashFor(key: PublicKey, hash: HashName): boolean {
  return hash === "sha256" || (key.kind !== "Ed25519" && hash === usualHash(key));
}

function isSigned({ kind, bytes, hash, digest, signature }: SignedContent, key: PublicKey): boolean {
  // A large artifact was hashed once; to hash it again for each bundle and key would let whoever sends many choose the time.
  const isHashedOnce = bytes === undefined || (kind === "message" && bytes.length > VERIFY_LIMITS.maxRehashedBytes);
  if (isHashedOnce && (bytes === undefined || key.kind !== "Ed25519")) return isSignedDigest(key, digest, signature);
  if (isSignedBy(key, bytes, signature, hash)) return true;
  return kind === "envelope" && isSignedBy(key, bytes, signature, usualHash(key));
}
