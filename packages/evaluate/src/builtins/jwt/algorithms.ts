import type { Hash } from "../x509/signature.ts";

export type PublicKeyScheme =
  { readonly family: "pkcs1" | "pss" | "ecdsa"; readonly hash: Hash } | { readonly family: "eddsa" };
export type SignatureScheme = PublicKeyScheme | { readonly family: "hmac"; readonly hash: Hash };

const SCHEMES: Readonly<Record<string, SignatureScheme>> = {
  ES256: { family: "ecdsa", hash: "sha256" },
  ES384: { family: "ecdsa", hash: "sha384" },
  ES512: { family: "ecdsa", hash: "sha512" },
  EdDSA: { family: "eddsa" },
  HS256: { family: "hmac", hash: "sha256" },
  HS384: { family: "hmac", hash: "sha384" },
  HS512: { family: "hmac", hash: "sha512" },
  PS256: { family: "pss", hash: "sha256" },
  PS384: { family: "pss", hash: "sha384" },
  PS512: { family: "pss", hash: "sha512" },
  RS256: { family: "pkcs1", hash: "sha256" },
  RS384: { family: "pkcs1", hash: "sha384" },
  RS512: { family: "pkcs1", hash: "sha512" },
};

/** Further names that the library knows by which OPA's io.jwt.decode_verify verifies: RFC 9864's, and some of its own. */
const OTHER_NAMES: Readonly<Record<string, SignatureScheme>> = {
  Ed25519: { family: "eddsa" },
  ECDSA_WITH_P256_AND_SHA256: { family: "ecdsa", hash: "sha256" },
  ECDSA_WITH_P384_AND_SHA384: { family: "ecdsa", hash: "sha384" },
  ECDSA_WITH_P521_AND_SHA512: { family: "ecdsa", hash: "sha512" },
  HMAC_WITH_SHA256: { family: "hmac", hash: "sha256" },
  HMAC_WITH_SHA384: { family: "hmac", hash: "sha384" },
  HMAC_WITH_SHA512: { family: "hmac", hash: "sha512" },
  RSA_PKCS1v15_WITH_SHA256: { family: "pkcs1", hash: "sha256" },
  RSA_PKCS1v15_WITH_SHA384: { family: "pkcs1", hash: "sha384" },
  RSA_PKCS1v15_WITH_SHA512: { family: "pkcs1", hash: "sha512" },
  RSA_PSS_WITH_SHA256: { family: "pss", hash: "sha256" },
  RSA_PSS_WITH_SHA384: { family: "pss", hash: "sha384" },
  RSA_PSS_WITH_SHA512: { family: "pss", hash: "sha512" },
};

/** What keys may name beside: the algorithms of JSON Web Encryption, and two signatures that OPA does not make. */
const KEY_ALGORITHMS: ReadonlySet<string> = new Set([
  ...Object.keys(SCHEMES),
  ...["ES256K", "Ed25519", "none", "dir", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"],
  ...["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"],
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
  ...["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
  ...["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"],
]);

/** The algorithms of RFC 7518 that OPA signs and verifies with, by their exact names. */
export function schemeOf(alg: string): SignatureScheme | undefined {
  return Object.hasOwn(SCHEMES, alg) ? SCHEMES[alg] : undefined;
}

/** The same, by every name that io.jwt.decode_verify takes. */
export function verifyingSchemeOf(alg: string): SignatureScheme | undefined {
  return schemeOf(alg) ?? (Object.hasOwn(OTHER_NAMES, alg) ? OTHER_NAMES[alg] : undefined);
}

/** Whether a key may name the algorithm. */
export function isKeyAlgorithm(alg: string): boolean {
  return KEY_ALGORITHMS.has(alg);
}
