import { createHmac, timingSafeEqual } from "node:crypto";

import { numberOf } from "../x509/der-write.ts";
import { verifyEcdsa, verifyEd25519, verifyRsa } from "../x509/signature.ts";
import type { Hash } from "../x509/signature.ts";
import { verifyingSchemeOf } from "./algorithms.ts";
import type { PublicKeyScheme } from "./algorithms.ts";
import type { KeyMaterial } from "./jwk-key.ts";
import type { VerificationKey } from "./keys.ts";

/** Whether a key of the scheme's kind verifies the signature, as io.jwt.verify_rs256 and its like ask. */
export function verifiesAs(
  scheme: PublicKeyScheme,
  { material, isPrivate }: VerificationKey,
  data: Buffer,
  signature: Buffer,
): boolean {
  // OPA takes a private key for one of another kind here.
  if (material === undefined || isPrivate) return false;
  // Two halves, however long: leading zeros that are missing, or too many, do not matter here.
  const half = Math.floor(signature.length / 2);
  return verifyByKey(scheme, { material, anySalt: true, half }, data, signature);
}

/** Whether the key verifies the signature by the algorithm that the token names. */
export function verifiesByName(
  alg: string,
  material: KeyMaterial | undefined,
  data: Buffer,
  signature: Buffer,
): boolean {
  const scheme = verifyingSchemeOf(alg);
  if (scheme === undefined || material === undefined) return false;
  if (scheme.family === "hmac")
    return material.kind === "secret" && verifiesMac(scheme.hash, material.bytes, data, signature);
  const half = material.kind === "ecdsa" ? material.curve.size : 0;
  if (material.kind === "ecdsa" && signature.length !== 2 * half) return false;
  return verifyByKey(scheme, { material, anySalt: false, half }, data, signature);
}

function verifyByKey(
  scheme: PublicKeyScheme,
  { material, anySalt, half }: { material: KeyMaterial; anySalt: boolean; half: number },
  data: Buffer,
  signature: Buffer,
): boolean {
  switch (scheme.family) {
    case "pkcs1":
      return material.kind === "rsa" && verifyRsa(material, { hash: scheme.hash, padding: "pkcs1" }, data, signature);
    case "pss": {
      const padding = anySalt ? "pss-any-salt" : "pss";
      return material.kind === "rsa" && verifyRsa(material, { hash: scheme.hash, padding }, data, signature);
    }
    case "ecdsa":
      return material.kind === "ecdsa" && verifyHalves(material, scheme.hash, data, { signature, half });
    case "eddsa":
      return material.kind === "ed25519" && verifyEd25519(material, data, signature);
  }
}

function verifyHalves(
  key: KeyMaterial & { kind: "ecdsa" },
  hash: Hash,
  data: Buffer,
  { signature, half }: { signature: Buffer; half: number },
): boolean {
  const [r, s] = [withoutZeros(signature.subarray(0, half)), withoutZeros(signature.subarray(half))];
  // No number of more octets than the curve's verifies; a megabyte of them would be read once for each key.
  if (Math.max(r.length, s.length) > key.curve.size) return false;
  return verifyEcdsa(key, hash, data, [numberOf(r), numberOf(s)]);
}

function withoutZeros(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? bytes.subarray(bytes.length) : bytes.subarray(start);
}

export function verifiesMac(hash: Hash, secret: string | Buffer, data: Buffer, signature: Buffer): boolean {
  const expected = createHmac(hash, secret).update(data).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}
