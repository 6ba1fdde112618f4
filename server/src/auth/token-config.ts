import type { JSONWebKeySet } from "jose";

export type Scope = "evidence:write" | "evidence:read";

export const SCOPES: readonly Scope[] = ["evidence:write", "evidence:read"];

/** What the bearer of a token with these claims may do. */
export interface Grant {
  /** Compared whole; the token must have every one. Never empty. */
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: readonly Scope[];
  /** All services of the configuration unless said. */
  readonly services?: readonly string[];
}

export interface TokenIssuer {
  /** The `iss` of its tokens, compared whole. */
  readonly issuer: string;
  /** Public keys of asymmetric algorithms only. */
  readonly jwks: JSONWebKeySet;
  readonly grants: readonly Grant[];
}

export interface TokenConfig {
  /** The `aud` that a token must name. */
  readonly audience: string;
  /** A token that is valid for longer, from its `iat` on (from now, without one), is refused. */
  readonly maxLifetimeSeconds: number;
  readonly issuers: readonly TokenIssuer[];
}
