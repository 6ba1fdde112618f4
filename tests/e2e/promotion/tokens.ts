import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "https://mc.example";
export const WRITER = "collector";
export const GATE = "evidence-gate";

/** An issuer of tokens: its public keys, and a JWT (RFC 7519) for a subject by the clock that it is given. */
export interface TestIssuer {
  readonly jwks: object;
  readonly token: (subject: string, claims: { readonly now: Date; readonly seconds?: number }) => string;
}

/** Written here by hand, so that the server's library is not held against itself. */
export function createTestIssuer(): TestIssuer {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key: KeyObject = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
  return {
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
    token: (sub, { now, seconds = 300 }) => {
      const iat = Math.floor(now.getTime() / 1000);
      const head = encode({ alg: "ES256", typ: "JWT" });
      const body = encode({ iss: ISSUER, aud: AUDIENCE, sub, iat, exp: iat + seconds });
      const signature = sign("sha256", Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" });
      return `${head}.${body}.${signature.toString("base64url")}`;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
