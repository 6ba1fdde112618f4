import { constants, publicDecrypt } from "node:crypto";
import { FormatError } from "@policy-pack/pack";
import { ecdsaOver } from "./curves.ts";
import { rawKeyOf } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";

/** DigestInfo of SHA-256 up to the digest itself (RFC 8017, 9.2, note 1). */
const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

/**
 * Whether the signature is the key's over bytes of which only the digest is known: by SHA-256, or for ECDSA by
 * any hash that is no longer than the curve's order. Node can only hash and verify in one go, so ECDSA goes through
 * @noble/curves and RSA compares the padded block.
 * @throws FormatError INPUT_INVALID for Ed25519, which hashes the bytes twice and so needs them
 */
export function isSignedDigest(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  switch (key.kind) {
    case "P-256":
    case "P-384":
    case "P-521":
      return isEcdsaSigned(key, key.kind, digest, signature);
    case "RSA":
      return isRsaSigned(key, digest, signature);
    case "Ed25519":
      throw new FormatError(
        "INPUT_INVALID",
        "An Ed25519 signature is over the artifact itself and cannot be checked from its digest; give the file.",
      );
  }
}

function isEcdsaSigned(
  key: PublicKey,
  curve: Parameters<typeof ecdsaOver>[0],
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const options = { prehash: false, format: "der", lowS: false } as const;
    return ecdsaOver(curve).verify(signature, digest, rawKeyOf(key), options);
  } catch {
    return false; // Not a DER signature, or a number out of the curve's range.
  }
}

/** EMSA-PKCS1-v1_5 (RFC 8017, 9.2): the whole block is built and compared, so nothing in it is left to a parser. */
function isRsaSigned(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.ceil((key.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  if (signature.length !== length) return false;
  const info = Buffer.concat([SHA256_DIGEST_INFO, digest]);
  const padding = Buffer.alloc(length - info.length - 3, 0xff);
  const expected = Buffer.concat([Buffer.from([0, 1]), padding, Buffer.from([0]), info]);
  try {
    return publicDecrypt({ key: key.key, padding: constants.RSA_NO_PADDING }, signature).equals(expected);
  } catch {
    return false; // A number that is not below the modulus.
  }
}
