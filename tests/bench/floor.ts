import { createHash, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";

/**
 * What a bundle with a certificate, a log entry and a timestamp has under P-256 signatures, in bytes: the timestamp's
 * attributes and its authority's certificate, the log's promise and checkpoint, the signing certificate and its issuer's,
 * and the certificate's transparency timestamp. The eighth signature is over the artifact.
 */
const SIGNED_BYTES = [137, 417, 2419, 92, 645, 417, 552] as const;
/** Signature, timestamp, log entry and key are hashed too; their sizes hardly matter. */
const HASHED_BYTES = [91, 105, 71, 507, 1717, 91] as const;

export const FLOOR = `\`node:crypto\` alone: ${SIGNED_BYTES.length + 1} signature checks, SHA-256 of the artifact and ${
  HASHED_BYTES.length
} small hashes`;

/**
 * The cryptography of one verification and nothing else: no parsing, no comparing, keys ready. The artifact is hashed
 * twice, once for its digest and once within its signature check, since node:crypto checks no signature over a digest.
 */
export function createFloor(artifact: Uint8Array): () => void {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signed = [...SIGNED_BYTES.map((size) => randomBytes(size)), artifact].map((bytes) => ({
    bytes,
    signature: sign("sha256", bytes, privateKey),
  }));
  const hashed = [...HASHED_BYTES.map((size) => randomBytes(size)), artifact];
  return () => {
    for (const bytes of hashed) createHash("sha256").update(bytes).digest();
    for (const { bytes, signature } of signed) {
      if (!verify("sha256", bytes, publicKey, signature)) throw new Error("a signature of the floor does not verify");
    }
  };
}
