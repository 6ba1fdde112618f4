import { constants, createPublicKey, publicDecrypt } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";
import { unsupportedKey } from "./failures.ts";
import { KMS_LIMITS } from "./limits.ts";

/** The kinds whose signatures with SHA-256 everyone here verifies. */
export type KeyKind = "P-256" | "P-384" | "P-521" | "RSA";

export interface PublicKey {
  readonly kind: KeyKind;
  readonly key: KeyObject;
}

export type PublicKeySource =
  { readonly pem: string } | { readonly spki: Uint8Array /* DER */ } | { readonly jwk: JsonWebKey };

const CURVES: Readonly<Record<string, KeyKind>> = Object.freeze({
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
});

/** DigestInfo of SHA-256 up to the digest. Source: RFC 8017, 9.2, note 1. */
const SHA256_PREFIX = Buffer.from("3031300d060960864801650304020105000420", "hex");

/**
 * The public key that a service tells, when it is of a kind that can be signed with.
 * @param name the key's, for messages
 * @throws ConfigError KEY_INVALID for another kind or size, or what is no key
 */
export function readPublicKey(source: PublicKeySource, name: string): PublicKey {
  const key = parseKey(source, name);
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa") {
    if (modulusLength >= KMS_LIMITS.minRsaBits && modulusLength <= KMS_LIMITS.maxRsaBits) return { kind: "RSA", key };
    throw wrongKind(name, `RSA with ${modulusLength} bits`);
  }
  const kind = Object.hasOwn(CURVES, namedCurve) ? CURVES[namedCurve] : undefined;
  if (kind === undefined) throw wrongKind(name, namedCurve === "" ? String(key.asymmetricKeyType) : namedCurve);
  return { kind, key };
}

/** SubjectPublicKeyInfo, DER. */
export function spkiOf({ key }: PublicKey): Uint8Array {
  return key.export({ format: "der", type: "spki" });
}

export function pemOf({ key }: PublicKey): string {
  return key.export({ format: "pem", type: "spki" }).toString();
}

/** What is said of a key of a kind that is not signed with. */
export function wrongKind(name: string, kind: string, why = "signatures of it could not be verified"): Error {
  return unsupportedKey(
    `${name} is a key of the kind ${kind}, which is not signed with: ${why}; ` +
      "use a key for signing of the kind P-256, or RSA from 2048 bits with PKCS #1 v1.5 and SHA-256.",
  );
}

/**
 * Whether the signature over a SHA-256 digest holds: ECDSA as DER, or RSA PKCS #1 v1.5.
 * Source: FIPS 186-5, 6.4.2; RFC 8017, 8.2.2.
 */
export async function isSignatureOf(digest: Uint8Array, signature: Uint8Array, publicKey: PublicKey): Promise<boolean> {
  try {
    return publicKey.kind === "RSA"
      ? isRsaSignature(digest, signature, publicKey.key)
      : await isEcdsaSignature(digest, signature, publicKey);
  } catch {
    return false;
  }
}

function isRsaSignature(digest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (signature.length !== Math.ceil(modulusLength / 8)) return false;
  const info = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
  return info.equals(Buffer.concat([SHA256_PREFIX, digest]));
}

/** Node verifies ECDSA over data alone; the digest is all that is at hand. */
async function isEcdsaSignature(digest: Uint8Array, signature: Uint8Array, { kind, key }: PublicKey): Promise<boolean> {
  const { p256, p384, p521 } = await import("@noble/curves/nist.js");
  const curve = kind === "P-256" ? p256 : kind === "P-384" ? p384 : p521;
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return curve.verify(signature, digest, point, { prehash: false, format: "der", lowS: false });
}

/** DigestInfo: what RSA PKCS #1 v1.5 signs, for a token that adds only the padding. */
export function digestInfo(digest: Uint8Array): Uint8Array {
  return Buffer.concat([SHA256_PREFIX, digest]);
}

function parseKey(source: PublicKeySource, name: string): KeyObject {
  try {
    if ("pem" in source) return parsePem(source.pem);
    if ("jwk" in source) return createPublicKey({ key: source.jwk, format: "jwk" });
    return createPublicKey({ key: Buffer.from(source.spki), format: "der", type: "spki" });
  } catch (cause) {
    throw unsupportedKey(`The public key of ${name} cannot be read; check that it is an asymmetric key for signing.`, {
      cause,
    });
  }
}

/** Node would also read a certificate or a private key here. */
function parsePem(pem: string): KeyObject {
  if (!/^\s*-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----\s*$/.test(pem)) {
    throw new Error("not one PEM PUBLIC KEY");
  }
  return createPublicKey(pem);
}
