import { constants, createHmac, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export const SECRET = "a secret of the tests";
export const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const EC = generateKeyPairSync("ec", { namedCurve: "P-256" });
export const EC384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
export const ED = generateKeyPairSync("ed25519");

/** A header and a payload, encoded as they are written. */
export function unsigned(header: string, payload: string): string {
  return `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
}

function signatureBy(alg: string, data: string): Buffer {
  const hash = `sha${alg.slice(2)}`;
  const bytes = Buffer.from(data);
  switch (alg.slice(0, 2)) {
    case "HS":
      return createHmac(hash, SECRET).update(bytes).digest();
    case "RS":
      return sign(hash, bytes, RSA.privateKey);
    case "PS":
      return sign(hash, bytes, { key: RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: -1 });
    case "ES":
      return sign(hash, bytes, { key: EC.privateKey, dsaEncoding: "ieee-p1363" });
    default:
      return sign(null, bytes, ED.privateKey);
  }
}

/** A token by one of the keys above; `signedBy` may be another algorithm than the header says. */
export function tokenOf(
  header: object,
  payload: object | string = {},
  signedBy = String((header as { alg?: string }).alg),
): string {
  const data = unsigned(JSON.stringify(header), typeof payload === "string" ? payload : JSON.stringify(payload));
  return `${data}.${signatureBy(signedBy, data).toString("base64url")}`;
}

export function pemOf({ publicKey }: { publicKey: KeyObject }): string {
  return String(publicKey.export({ format: "pem", type: "spki" }));
}

export function jwkOf({ publicKey }: { publicKey: KeyObject }, members: object = {}): Record<string, unknown> {
  return { ...publicKey.export({ format: "jwk" }), ...members };
}

export const OCT = { kty: "oct", k: Buffer.from(SECRET).toString("base64url") };
