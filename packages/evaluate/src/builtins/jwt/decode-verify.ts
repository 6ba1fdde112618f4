import { isRegoArray, RegoDecimal, RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { Builtin } from "../builtin.ts";
import { objectOperand } from "../operands.ts";
import { readConstraints } from "./constraints.ts";
import type { Constraints } from "./constraints.ts";
import type { VerificationKey } from "./keys.ts";
import { compareNumberTexts } from "./number-order.ts";
import {
  decodeHeader,
  decodeObject,
  decodePayload,
  decodeSignature,
  memberOf,
  readHeader,
  splitToken,
} from "./token.ts";
import type { Token, TokenHeader } from "./token.ts";
import { verifiesByName } from "./verify.ts";

const EMPTY = new RegoObject([]);
const UNVERIFIED: RegoValue = [false, EMPTY, EMPTY];
const NANOSECONDS = 1e9;

/**
 * OPA's io.jwt.decode_verify: false with empty objects when the signature, or a claim, does not hold. A token within the
 * token must be signed by the same keys.
 *
 * @see RFC 7519, section 7.2
 */
export const decodeVerify: Builtin = (operands, context) => {
  const constraints = readConstraints(objectOperand(operands, 2), context);
  let text = operands[0];
  for (;;) {
    const token = splitToken(text);
    const header = decodeHeader(token);
    const read = readHeader(header);
    if (!isSigned(token, read, constraints)) return UNVERIFIED;
    const payload = decodePayload(token);
    if (!isNested(read)) {
      const claims = decodeObject(payload);
      return keepsClaims(claims, constraints) ? [true, header, claims] : UNVERIFIED;
    }
    text = payload;
  }
};

/** The only letters that fold to those of JWT are theirs, capital and small. */
function isNested({ cty }: TokenHeader): boolean {
  return cty.toUpperCase() === "JWT";
}

function isSigned(token: Token, header: TokenHeader, { trusted, alg }: Constraints): boolean {
  if (!header.isValid || (alg !== "" && alg !== header.alg)) return false;
  const signature = decodeSignature(token);
  if (typeof trusted === "string") {
    const secret = { kind: "secret", bytes: Buffer.from(trusted, "utf8") } as const;
    return verifiesByName(header.alg, secret, token.signed, signature);
  }
  const verifies = ({ material }: VerificationKey): boolean =>
    verifiesByName(header.alg, material, token.signed, signature);
  const named = header.kid === "" ? undefined : trusted.find(({ kid }) => kid === header.kid);
  if (named !== undefined) return verifies(named);
  return trusted.some((key) => (key.alg === "" || key.alg === header.alg) && verifies(key));
}

/** RFC 7519, section 4.1. */
function keepsClaims(claims: RegoObject, { iss, aud, time }: Constraints): boolean {
  if (iss !== "" && !hasIssuer(memberOf(claims, "iss"), iss)) return false;
  if (!hasAudience(memberOf(claims, "aud"), aud)) return false;
  const seconds = String(time / NANOSECONDS);
  const expires = numericClaim(claims, "exp");
  if (expires !== undefined && compareNumberTexts(seconds, expires) >= 0) return false;
  const notBefore = numericClaim(claims, "nbf");
  return notBefore === undefined || compareNumberTexts(seconds, notBefore) >= 0;
}

function hasIssuer(claim: RegoValue | undefined, iss: string): boolean {
  if (claim === undefined) return false;
  if (typeof claim !== "string") throw new BuiltinError("iss value must be a string");
  return claim === iss;
}

function hasAudience(claim: RegoValue | undefined, aud: string): boolean {
  if (claim === undefined) return aud === "";
  return claim === aud || (isRegoArray(claim) && claim.includes(aud));
}

function numericClaim(claims: RegoObject, name: string): string | undefined {
  const value = memberOf(claims, name);
  if (value === undefined) return undefined;
  if (typeof value === "bigint") return String(value);
  if (value instanceof RegoDecimal) return value.text;
  throw new BuiltinError(`${name} value must be a number`);
}
