import { constants, generateKeyPairSync, privateEncrypt } from "node:crypto";
import type { KeyObject, KeyPairKeyObjectResult } from "node:crypto";
import { p256, p384, p521 } from "@noble/curves/nist.js";

/** DigestInfo of SHA-256 up to the digest. */
const SHA256_PREFIX = Buffer.from("3031300d060960864801650304020105000420", "hex");

const CURVES: Readonly<Record<string, typeof p256>> = { "P-256": p256, "P-384": p384, "P-521": p521 };

export const ecKey = (namedCurve = "P-256"): KeyPairKeyObjectResult => generateKeyPairSync("ec", { namedCurve });
export const rsaKey = (modulusLength = 2048): KeyPairKeyObjectResult => generateKeyPairSync("rsa", { modulusLength });

export const pemOf = (key: KeyObject): string => key.export({ format: "pem", type: "spki" }).toString();
export const spkiOf = (key: KeyObject): Buffer => key.export({ format: "der", type: "spki" });

/** What a key service does: signs a digest that was made elsewhere. ECDSA as DER unless said otherwise. */
export function signDigest(digest: Uint8Array, key: KeyObject, format: "der" | "compact" = "der"): Buffer {
  if (key.asymmetricKeyType === "rsa") {
    const info = Buffer.concat([SHA256_PREFIX, digest]);
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info);
  }
  const { crv = "", d = "" } = key.export({ format: "jwk" });
  const curve = CURVES[crv] ?? p256;
  return Buffer.from(curve.sign(digest, Buffer.from(d, "base64url"), { prehash: false, format, lowS: false }));
}

/** What a key service does that verifies too: whether an ECDSA signature (DER) of a digest holds. */
export function verifiesDigest(digest: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const { crv = "", x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return (CURVES[crv] ?? p256).verify(signature, digest, point, { prehash: false, format: "der", lowS: false });
}
