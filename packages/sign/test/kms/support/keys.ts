import { constants, generateKeyPairSync, privateEncrypt } from "node:crypto";
import type { KeyObject, KeyPairKeyObjectResult } from "node:crypto";
import { p256, p384, p521 } from "@noble/curves/nist.js";

/** DigestInfo of SHA-256 up to the digest. */
const SHA256_PREFIX = Buffer.from("3031300d060960864801650304020105000420", "hex");

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
  const { crv, d = "" } = key.export({ format: "jwk" });
  const curve = crv === "P-384" ? p384 : crv === "P-521" ? p521 : p256;
  return Buffer.from(curve.sign(digest, Buffer.from(d, "base64url"), { prehash: false, format, lowS: false }));
}
