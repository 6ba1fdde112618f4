import { createPublicKey, constants, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { bigEndian, derInteger, derOf } from "./der-write.ts";
import { TAG } from "./der.ts";
import type { PublicKey } from "./public-key.ts";
import { bitLength, MAX_BITS } from "./rsa-key.ts";

export type Hash = "sha1" | "sha256" | "sha384" | "sha512";

const MIN_RSA_BITS = 1024;

export type RsaPadding = "pkcs1" | "pss" | "pss-any-salt";

interface RsaOptions {
  readonly hash: Hash;
  readonly padding: RsaPadding;
}

/** False for keys under 1024 bits, even moduli and unusual exponents too, which OPA's library does not use. */
export function verifyRsa(
  { n, e }: PublicKey & { kind: "rsa" },
  { hash, padding }: RsaOptions,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const bits = bitLength(n);
  if (bits < MIN_RSA_BITS || n % 2n === 0n || e < 2n || e % 2n === 0n || e >= 2n ** 31n) return false;
  if (bits > MAX_BITS) throw new RangeError(`an RSA key has ${bits} bits, over ${MAX_BITS}`);
  const key = rsaKey(n, e);
  return attempt(() => verify(hash, data, { key, ...paddingOptions(padding) }, signature));
}

export function paddingOptions(padding: RsaPadding): { padding: number; saltLength?: number } {
  if (padding === "pkcs1") return { padding: constants.RSA_PKCS1_PADDING };
  const saltLength = padding === "pss" ? constants.RSA_PSS_SALTLEN_DIGEST : constants.RSA_PSS_SALTLEN_AUTO;
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

function rsaKey(n: bigint, e: bigint): KeyObject {
  const jwk = { kty: "RSA", n: bigEndian(n).toString("base64url"), e: bigEndian(e).toString("base64url") };
  return createPublicKey({ key: jwk, format: "jwk" });
}

/** A signature in DER. */
export function verifyEcdsaDer(
  { key }: PublicKey & { kind: "ecdsa" },
  hash: Hash,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  return attempt(() => verify(hash, data, key, signature));
}

/** A signature as two numbers. */
export function verifyEcdsa(
  key: PublicKey & { kind: "ecdsa" },
  hash: Hash,
  data: Uint8Array,
  [r, s]: readonly [r: bigint, s: bigint],
): boolean {
  return r > 0n && s > 0n && verifyEcdsaDer(key, hash, data, derOf(TAG.sequence, derInteger(r), derInteger(s)));
}

export function verifyEd25519(
  { bytes }: PublicKey & { kind: "ed25519" },
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: bytes.toString("base64url") }, format: "jwk" });
  return attempt(() => verify(null, data, key, signature));
}

/** Node throws where a key and a signature cannot go together at all: that too is a signature that does not verify. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
