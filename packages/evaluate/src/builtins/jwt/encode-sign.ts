import { createHash } from "node:crypto";

import { BuiltinError } from "../builtin.ts";
import type { Builtin, BuiltinContext } from "../builtin.ts";
import { parseJsonValue } from "../encoding/go-json-parse.ts";
import { goJson } from "../json/go-json.ts";
import { stringOperand } from "../operands.ts";
import { schemeOf } from "./algorithms.ts";
import { readKeySet } from "./keys.ts";
import { memberText, readLenientObject } from "./lenient-object.ts";
import { isRandomized, signBy } from "./sign.ts";

/** Signs a header and a payload that are values. */
export const encodeSign: Builtin = ([header = null, payload = null, key = null], context) =>
  signCompact({ header: goJson(header), payload: goJson(payload), key: goJson(key) }, context);

/** Signs a header and a payload as they are written. */
export const encodeSignRaw: Builtin = (operands, context) => {
  const key = stringOperand(operands, 3);
  return signCompact({ header: stringOperand(operands, 1), payload: stringOperand(operands, 2), key }, context);
};

interface Texts {
  readonly header: string;
  readonly payload: string;
  readonly key: string;
}

/**
 * The compact serialization of RFC 7515, section 7.1. A signature that draws on randomness is the same for the same
 * operands throughout a decision.
 */
function signCompact({ header, payload, key }: Texts, context: BuiltinContext): string {
  const [jwk] = readKeySet(key);
  if (jwk === undefined) throw new BuiltinError("no keys found in JWK set");
  const members = readLenientObject(header) ?? [];
  const alg = memberText(members, "alg");
  const scheme = alg === undefined ? undefined : schemeOf(alg);
  if (scheme === undefined) throw new BuiltinError("missing, invalid or unknown 'alg' header");
  if ((memberText(members, "typ") ?? "JWT") === "JWT") checkJson(payload);
  const data = `${encoded(header)}.${encoded(payload)}`;
  const sign = (): Buffer => signBy(scheme, jwk, Buffer.from(data));
  const digest = createHash("sha256").update(`${key}\0${data}`).digest("hex");
  const signature = isRandomized(scheme) ? context.once(`io.jwt signature ${digest}`, sign) : sign();
  return `${data}.${signature.toString("base64url")}`;
}

function encoded(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

function checkJson(payload: string): void {
  try {
    parseJsonValue(payload);
  } catch (cause) {
    if (!(cause instanceof BuiltinError)) throw cause;
    throw new BuiltinError("type is JWT but payload is not JSON", { cause });
  }
}
