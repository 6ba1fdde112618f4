import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import type { Builtin, BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";

function hash(algorithm: string): Builtin {
  return (operands) => createHash(algorithm).update(stringOperand(operands, 1), "utf8").digest("hex");
}

function hmac(algorithm: string): Builtin {
  return (operands) => {
    const message = stringOperand(operands, 1);
    return createHmac(algorithm, stringOperand(operands, 2)).update(message, "utf8").digest("hex");
  };
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "utf8"), Buffer.from(right, "utf8")];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Digests and message authentication codes of texts as UTF-8, in hex. */
export const CRYPTO_BUILTINS: BuiltinFamily = {
  "crypto.hmac.equal": (operands) => equal(stringOperand(operands, 1), stringOperand(operands, 2)),
  "crypto.hmac.md5": hmac("md5"),
  "crypto.hmac.sha1": hmac("sha1"),
  "crypto.hmac.sha256": hmac("sha256"),
  "crypto.hmac.sha512": hmac("sha512"),
  "crypto.md5": hash("md5"),
  "crypto.sha1": hash("sha1"),
  "crypto.sha256": hash("sha256"),
};
