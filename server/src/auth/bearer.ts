import type { IncomingMessage } from "node:http";
import { messageOf, systemCodeOf, TrustError } from "@policy-pack/pack";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import type { Grant, Scope, TokenConfig, TokenIssuer } from "./token-config.ts";

export interface Demand {
  readonly scope: Scope;
  /** Left out while it is not known yet; `permit` looks at it later. */
  readonly service?: string | undefined;
}

/** Who sent a request, by a token that was verified. */
export interface Caller {
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: Date;
  /**
   * Looks again, for what only the body or the path tells, and whether the token still holds.
   * @throws TrustError TOKEN_FORBIDDEN, TOKEN_EXPIRED
   */
  readonly permit: (demand: Demand) => void;
}

/** A request's headers as they came: one that is sent twice shows only here. */
export type RawHeaders = Pick<IncomingMessage, "rawHeaders">;

export interface Authenticator {
  /**
   * The bearer of the token in the one Authorization header (RFC 6750, 2.1); query and body are never looked at.
   * @throws TrustError TOKEN_INVALID, TOKEN_EXPIRED (HTTP 401), TOKEN_FORBIDDEN (403)
   */
  authenticate(message: RawHeaders, demand: Demand): Promise<Caller>;
}

/** Asymmetric ones only: with a shared secret, or none, whoever knows a public key could make tokens (RFC 8725, 3.1). */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
/** RFC 6750, 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const MAX_TOKEN_LENGTH = 8_192;
/** By how much an issuer's clock may be ahead of this one; it prolongs no token. */
const MAX_SKEW_SECONDS = 60;

/**
 * Verifies JWTs of the configured issuers (RFC 7519): signature, `iss`, `aud`, `exp`, `nbf`, `iat` and a `sub`, and that
 * they do not live longer than `maxLifetimeSeconds`. Tokens are not looked up anywhere: one that was withdrawn holds
 * until its `exp`.
 */
export function createAuthenticator(tokens: TokenConfig, now: () => Date): Authenticator {
  const issuers = new Map(tokens.issuers.map((issuer) => [issuer.issuer, toVerifier(issuer)]));
  return {
    authenticate: async (message, demand) => {
      const token = readToken(message);
      const verifier = issuers.get(claimedIssuer(token) ?? "");
      if (verifier === undefined) throw invalid("no configured issuer made it");
      const claims = await verifyToken(token, verifier, tokens, now());
      const caller = toCaller(claims, verifier.grants, now);
      caller.permit(demand);
      return caller;
    },
  };
}

interface Verifier extends TokenIssuer {
  readonly key: JWTVerifyGetKey;
}

type Claims = JWTPayload & { readonly exp: number; readonly sub: string };

function toVerifier(issuer: TokenIssuer): Verifier {
  return { ...issuer, key: createLocalJWKSet(issuer.jwks) };
}

function readToken({ rawHeaders }: RawHeaders): string {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === "authorization");
  const [value, ...others] = values;
  if (value === undefined) {
    throw new TrustError("TOKEN_INVALID", "There is no token; send one in the header Authorization: Bearer <token>.");
  }
  if (others.length > 0) throw invalid("there is more than one Authorization header");
  const token = BEARER.exec(value)?.[1];
  if (token === undefined) throw invalid("the Authorization header is not of the form Bearer <token>");
  if (token.length > MAX_TOKEN_LENGTH) throw invalid(`it has more than ${MAX_TOKEN_LENGTH} characters`);
  return token;
}

/** Which issuer's keys to try; what it says is checked with them. */
function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw invalid("it is no JWT", cause);
  }
}

async function verifyToken(token: string, verifier: Verifier, tokens: TokenConfig, now: Date): Promise<Claims> {
  const claims = await verifySignature(token, verifier, tokens.audience, now);
  const nowSeconds = now.getTime() / 1_000;
  const { exp = Number.POSITIVE_INFINITY, sub, iat = nowSeconds } = claims;
  if (typeof sub !== "string" || sub === "") throw invalid("its sub is empty");
  if (iat > nowSeconds + MAX_SKEW_SECONDS) throw invalid("it was issued in the future");
  if (exp - iat > tokens.maxLifetimeSeconds) {
    throw invalid(`it lives longer than the ${tokens.maxLifetimeSeconds} seconds that are accepted here`);
  }
  return { ...claims, exp, sub };
}

async function verifySignature(
  token: string,
  { issuer, key }: Verifier,
  audience: string,
  now: Date,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ALGORITHMS,
      audience,
      issuer,
      requiredClaims: ["exp", "sub"],
      clockTolerance: MAX_SKEW_SECONDS,
      currentDate: now,
    });
    return payload;
  } catch (cause) {
    if (systemCodeOf(cause) === "ERR_JWT_EXPIRED") throw expired(cause);
    throw invalid(messageOf(cause), cause);
  }
}

function toCaller(claims: Claims, grants: readonly Grant[], now: () => Date): Caller {
  const held = grants.filter((grant) => Object.entries(grant.claims).every(([name, value]) => claims[name] === value));
  const expiresAt = new Date(claims.exp * 1_000);
  return {
    issuer: claims.iss ?? "",
    subject: claims.sub,
    expiresAt,
    permit: ({ scope, service }) => {
      // Also of a time that no Date can hold.
      if (!(expiresAt.getTime() > now().getTime())) throw expired();
      if (held.some((grant) => grant.scopes.includes(scope) && coversService(grant, service))) return;
      const what = service === undefined ? scope : `${scope} for ${service}`;
      throw new TrustError("TOKEN_FORBIDDEN", `The token is genuine, and no grant gives its bearer ${what}.`);
    },
  };
}

function coversService({ services }: Grant, service: string | undefined): boolean {
  return service === undefined || services === undefined || services.includes(service);
}

function expired(cause?: unknown): TrustError {
  return new TrustError("TOKEN_EXPIRED", "The token's time is over; get a new one and send the request again.", {
    cause,
  });
}

function invalid(reason: string, cause?: unknown): TrustError {
  const message = `The token is refused: ${reason}. Send a token of a configured issuer for this server.`;
  return new TrustError("TOKEN_INVALID", message, { cause });
}
