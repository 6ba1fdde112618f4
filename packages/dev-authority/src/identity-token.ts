import { createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isJsonObject, parseJson } from "@policy-pack/pack";
import { DEFAULTS } from "./defaults.ts";
import { DEV_LIMITS } from "./limits.ts";

/** The audience that certificate authorities of Sigstore demand. */
const AUDIENCE = "sigstore";
const HEADER = encodePart({ alg: "ES256", typ: "JWT" });

/** Whom a token speaks of: an e-mail address or an http(s) URI, and who vouches for it. */
export interface TokenClaims {
  readonly identity: string;
  readonly issuer: string;
}

/**
 * A JSON Web Token (ES256) for the identity, good for five minutes. An e-mail address goes into `email`, as verified;
 * a URI is the subject. Source: RFC 7519, RFC 7518 (3.4).
 */
export function mintIdentityToken({ identity, issuer }: TokenClaims, key: KeyObject, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000);
  const times = { iat, exp: iat + DEFAULTS.identityTokenLifetimeMs / 1000 };
  const email = identity.includes("://") ? {} : { email: identity, email_verified: true };
  const signed = `${HEADER}.${encodePart({ iss: issuer, aud: AUDIENCE, sub: identity, ...email, ...times })}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/**
 * The claims of a token that this key minted and that is valid now; of any other text, undefined. The signature covers
 * header and claims, and only this module signs with the key: so nothing more needs checking than signature and time.
 */
export function readIdentityToken(token: string, key: KeyObject, now: Date): TokenClaims | undefined {
  const [header, payload, signature, ...more] = token.split(".");
  if (header !== HEADER || payload === undefined || signature === undefined || more.length > 0) return undefined;
  const publicKey = { key: createPublicKey(key), dsaEncoding: "ieee-p1363" } as const;
  const bytes = Buffer.from(signature, "base64url");
  if (bytes.toString("base64url") !== signature) return undefined;
  if (!verify("sha256", Buffer.from(`${header}.${payload}`), publicKey, bytes)) return undefined;
  return readClaims(Buffer.from(payload, "base64url"), Math.floor(now.getTime() / 1000));
}

function readClaims(payload: Uint8Array, seconds: number): TokenClaims | undefined {
  const what = "the identity token";
  const claims = parseJson(payload, { maxBytes: DEV_LIMITS.maxRequestBytes, code: "INPUT_INVALID", what });
  if (!isJsonObject(claims)) return undefined;
  const { sub, iss, iat, exp } = claims;
  if (typeof sub !== "string" || typeof iss !== "string") return undefined;
  if (typeof iat !== "number" || typeof exp !== "number" || seconds < iat || seconds >= exp) return undefined;
  return { identity: sub, issuer: iss };
}

function encodePart(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
