import { createPublicKey } from "node:crypto";
import { ConfigError } from "@policy-pack/pack";
import type { KeySigner } from "@policy-pack/sign";
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from "jose";
import type { JWK, JWTPayload } from "jose";

/** A public key as verifiers of tokens take it (RFC 7517): for signatures, named by its thumbprint (RFC 7638). */
export type TokenKey = JWK & { readonly kty: string; readonly kid: string; readonly alg: string };

/** By what a key of `@policy-pack/sign` makes: SHA-256 whatever its size, so not P-384 and P-521 (RFC 7518, 3.4). */
const ALGORITHMS: Readonly<Record<string, string>> = { RSA: "RS256", "EC P-256": "ES256", "OKP Ed25519": "EdDSA" };
const P256_FIELD_BYTES = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** @throws ConfigError KEY_INVALID for a kind of key whose tokens nobody could verify */
export async function toTokenKey(publicKeyPem: string): Promise<TokenKey> {
  const jwk = createPublicKey(publicKeyPem).export({ format: "jwk" });
  const kind = jwk.crv === undefined ? String(jwk.kty) : `${String(jwk.kty)} ${jwk.crv}`;
  const alg = ALGORITHMS[kind];
  if (alg === undefined) {
    throw new ConfigError("KEY_INVALID", `Tokens are signed with P-256, RSA or Ed25519, and this key is ${kind}.`);
  }
  return { ...jwk, kty: String(jwk.kty), kid: await calculateJwkThumbprint(jwk), alg, use: "sig" };
}

/**
 * A JWT in the compact form (RFC 7515, 7.1), which was verified with the public key before it is returned.
 * @throws ConfigError KEY_INVALID; of a key service SIGNING_FAILED
 */
export async function signJwt(claims: JWTPayload, signer: KeySigner): Promise<string> {
  const { toMessage } = await import("@policy-pack/sign");
  const key = await toTokenKey(signer.publicKey);
  const text = `${encode({ alg: key.alg, typ: "JWT", kid: key.kid })}.${encode(claims)}`;
  const { signature } = await signer.sign(toMessage(Buffer.from(text)));
  const bytes = key.alg === "ES256" ? toRawSignature(Buffer.from(signature)) : Buffer.from(signature);
  const token = `${text}.${bytes.toString("base64url")}`;
  await jwtVerify(token, createLocalJWKSet({ keys: [key] }), { currentDate: new Date((claims.iat ?? 0) * 1_000) });
  return token;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** ECDSA's two integers, from DER to the fixed length that JWS has (RFC 7518, 3.4). */
function toRawSignature(der: Buffer): Buffer {
  const content = readValue(der, SEQUENCE);
  const r = readValue(content, INTEGER);
  const s = readValue(content.subarray(2 + r.length), INTEGER);
  return Buffer.concat([toField(r), toField(s)]);
}

/** Of a P-256 signature every length fits one byte. */
function readValue(bytes: Buffer, tag: number): Buffer {
  const [found, length = 0] = bytes;
  if (found !== tag || length > bytes.length - 2) throw new TypeError("not an ECDSA signature over P-256 in DER");
  return bytes.subarray(2, 2 + length);
}

function toField(integer: Buffer): Buffer {
  const digits = integer.subarray(Math.max(0, integer.length - P256_FIELD_BYTES));
  return Buffer.concat([Buffer.alloc(P256_FIELD_BYTES - digits.length), digits]);
}
