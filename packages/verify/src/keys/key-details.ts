import { malformed } from "../encoding/malformed.ts";
import { toPublicKey, toPublicKeyFromPkcs1 } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";

interface KeyRow {
  readonly kind: PublicKey["kind"];
  readonly bits?: number;
  readonly encoding?: "pkcs1";
}

/** `PublicKeyDetails` of the Sigstore protobuf specs: what a key says it is, for each kind that is supported. */
const KEY_DETAILS = {
  PKIX_ECDSA_P256_SHA_256: { kind: "P-256" },
  PKIX_ECDSA_P384_SHA_384: { kind: "P-384" },
  PKIX_ECDSA_P384_SHA_256: { kind: "P-384" },
  PKIX_ECDSA_P521_SHA_512: { kind: "P-521" },
  PKIX_ECDSA_P521_SHA_256: { kind: "P-521" },
  PKIX_ED25519: { kind: "Ed25519" },
  PKIX_RSA_PKCS1V15_2048_SHA256: { kind: "RSA", bits: 2048 },
  PKIX_RSA_PKCS1V15_3072_SHA256: { kind: "RSA", bits: 3072 },
  PKIX_RSA_PKCS1V15_4096_SHA256: { kind: "RSA", bits: 4096 },
  PKIX_RSA_PKCS1V5: { kind: "RSA" },
  PKCS1_RSA_PKCS1V5: { kind: "RSA", encoding: "pkcs1" },
} as const satisfies Record<string, KeyRow>;

export type KeyDetails = keyof typeof KEY_DETAILS;
export const KEY_DETAIL_NAMES = Object.keys(KEY_DETAILS) as readonly KeyDetails[];

/** The kinds that the specs name and that are not supported here. */
export const UNSUPPORTED_KEYS = [
  "PKCS1_RSA_PSS",
  "PKIX_RSA_PSS",
  "PKIX_RSA_PSS_2048_SHA256",
  "PKIX_RSA_PSS_3072_SHA256",
  "PKIX_RSA_PSS_4096_SHA256",
  "PKIX_ECDSA_P256_HMAC_SHA_256",
  "PKIX_ED25519_PH",
  "LMS_SHA256",
  "LMOTS_SHA256",
  "ML_DSA_44",
  "ML_DSA_65",
  "ML_DSA_87",
] as const;

export function isKeyDetails(name: string): name is KeyDetails {
  return Object.hasOwn(KEY_DETAILS, name);
}

/** Reads a key that comes with a description, which must be true: a lie about the algorithm is not a detail. */
export function toDescribedKey(bytes: Uint8Array, details: KeyDetails): PublicKey {
  const row: KeyRow = KEY_DETAILS[details];
  const key = row.encoding === "pkcs1" ? toPublicKeyFromPkcs1(bytes) : toPublicKey(bytes);
  checkKeyDetails(key, details);
  return key;
}

export function checkKeyDetails(key: PublicKey, details: KeyDetails): void {
  const row: KeyRow = KEY_DETAILS[details];
  const bits = key.key.asymmetricKeyDetails?.modulusLength;
  if (row.kind !== key.kind || (row.bits !== undefined && row.bits !== bits)) {
    malformed(`is a ${key.kind} key that calls itself ${details}`);
  }
}
