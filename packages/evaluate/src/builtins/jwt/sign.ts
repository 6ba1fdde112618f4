import { createHmac, createPrivateKey, sign as signWith } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { BuiltinError } from "../builtin.ts";
import { bigEndian } from "../x509/der-write.ts";
import type { PrivateKey } from "../x509/private-key.ts";
import { bitLength } from "../x509/rsa-key.ts";
import { paddingOptions } from "../x509/signature.ts";
import type { Hash } from "../x509/signature.ts";
import type { SignatureScheme } from "./algorithms.ts";
import { signingKeyOf } from "./jwk-key.ts";
import type { Jwk } from "./jwk.ts";

const MIN_RSA_BITS = 1024;

/** Schemes whose signatures differ from one time to the next. */
export function isRandomized({ family }: SignatureScheme): boolean {
  return family === "ecdsa" || family === "pss";
}

/**
 * Signs as RFC 7518, section 3, says for the scheme.
 *
 * @throws BuiltinError for a key of another kind, and one that the scheme cannot sign with
 */
export function signBy(scheme: SignatureScheme, jwk: Jwk, data: Buffer): Buffer {
  const key = signingKeyOf(jwk);
  switch (scheme.family) {
    case "hmac":
      if (key.kind !== "secret") throw wrongKey();
      return createHmac(scheme.hash, key.bytes).update(data).digest();
    case "pkcs1":
    case "pss":
      if (key.kind !== "rsa") throw wrongKey();
      return signRsa(scheme.hash, key, scheme.family, data);
    case "ecdsa":
      if (key.kind !== "ecdsa") throw wrongKey();
      return signWith(scheme.hash, data, { key: key.key, dsaEncoding: "ieee-p1363" });
    case "eddsa":
      if (key.kind !== "ed25519") throw wrongKey();
      return signWith(null, data, key.key);
  }
}

function signRsa(hash: Hash, key: PrivateKey & { kind: "rsa" }, padding: "pkcs1" | "pss", data: Buffer): Buffer {
  if (bitLength(key.n) < MIN_RSA_BITS) throw new BuiltinError("crypto/rsa: keys under 1024 bits are insecure");
  try {
    return signWith(hash, data, { key: rsaKeyObject(key), ...paddingOptions(padding) });
  } catch (cause) {
    // The key is sound but too short for the digest and its salt.
    throw new BuiltinError("crypto/rsa: message too long for RSA key size", { cause });
  }
}

function rsaKeyObject({ n, e, d, primes, crt }: PrivateKey & { kind: "rsa" }): KeyObject {
  const [p = 0n, q = 0n] = primes;
  const text = (value: bigint): string => bigEndian(value).toString("base64url");
  const factors = { p: text(p), q: text(q), dp: text(crt.dp), dq: text(crt.dq), qi: text(crt.qInverse) };
  return createPrivateKey({ key: { kty: "RSA", n: text(n), e: text(e), d: text(d), ...factors }, format: "jwk" });
}

function wrongKey(): BuiltinError {
  return new BuiltinError("jws: the key is not of the kind that the algorithm needs");
}
