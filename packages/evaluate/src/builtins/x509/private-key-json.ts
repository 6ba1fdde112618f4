import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { bigEndian, numberOf } from "./der-write.ts";
import { bytesOf, structOf } from "./json-value.ts";
import type { PrivateKey } from "./private-key.ts";
import { coordinatesOf } from "./public-key.ts";
import { printRsaKey } from "./rsa-key.ts";

/** A key as Go prints it: an Ed25519 key is its octets, one for X25519 prints as nothing. */
export function printPrivateKey(key: PrivateKey): RegoValue {
  switch (key.kind) {
    case "rsa":
      return printRsaKey(key);
    case "ecdsa":
      return structOf({ Curve: structOf({}), ...coordinatesOf(key), D: numberOf(key.scalar) });
    case "ed25519":
      return bytesOf(Buffer.concat([key.seed, key.point]));
    case "x25519":
      return structOf({});
  }
}

/**
 * A key as a JSON Web Key.
 *
 * @throws BuiltinError for what that has no form for: the curve P-224, and RSA with more than two primes
 * @see RFC 7518, section 6, and RFC 8037
 */
export function printJwk(key: PrivateKey): RegoObject {
  switch (key.kind) {
    case "rsa":
      return printRsaJwk(key);
    case "ecdsa":
      if (key.curve.name === "P-224") throw new BuiltinError("jwk: there is no key on the curve P-224");
      return jwkOf({ kty: "EC", crv: key.curve.name }, { ...halves(key.point.subarray(1)), d: key.scalar });
    case "ed25519":
      return jwkOf({ kty: "OKP", crv: "Ed25519" }, { x: key.point, d: key.seed });
    case "x25519":
      return jwkOf({ kty: "OKP", crv: "X25519" }, { x: key.point, d: key.seed });
  }
}

function printRsaJwk({ n, e, d, primes, crt }: PrivateKey & { kind: "rsa" }): RegoObject {
  const [p = 0n, q = 0n, ...others] = primes;
  if (others.length > 0) throw new BuiltinError("jwk: an RSA key has more than two primes");
  const numbers = { n, e, d, p, q, dp: crt.dp, dq: crt.dq, qi: crt.qInverse };
  const octets = Object.entries(numbers).map(([name, value]) => [name, bigEndian(value)] as const);
  return jwkOf({ kty: "RSA" }, Object.fromEntries(octets));
}

function halves(bytes: Buffer): { x: Buffer; y: Buffer } {
  return { x: bytes.subarray(0, bytes.length / 2), y: bytes.subarray(bytes.length / 2) };
}

function jwkOf(texts: Readonly<Record<string, string>>, octets: Readonly<Record<string, Buffer>>): RegoObject {
  const encoded = Object.entries(octets).map(([name, bytes]) => [name, bytes.toString("base64url")] as const);
  return new RegoObject([...Object.entries(texts), ...encoded]);
}
