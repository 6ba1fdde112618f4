import type { ErrorCode } from "@policy-pack/pack";

const REALM = 'Bearer realm="policy-pack"';

/** What to send beside a refusal, by its code (RFC 6750, 3). */
const CHALLENGES: Readonly<Partial<Record<ErrorCode, string>>> = Object.freeze({
  TOKEN_INVALID: `${REALM}, error="invalid_token"`,
  TOKEN_EXPIRED: `${REALM}, error="invalid_token", error_description="expired"`,
  TOKEN_FORBIDDEN: `${REALM}, error="insufficient_scope"`,
});

/** The `WWW-Authenticate` header of a refused token; nothing for every other code. */
export function challengeOf(code: ErrorCode | undefined): Readonly<Record<string, string>> {
  const challenge = code === undefined ? undefined : CHALLENGES[code];
  return challenge === undefined ? {} : { "www-authenticate": challenge };
}
