import { BuiltinError } from "../builtin.ts";
import { curveNamed } from "../x509/curve.ts";
import type { Curve } from "../x509/curve.ts";
import { numberOf } from "../x509/der-write.ts";
import { ecPrivateKey, edwardsPrivateKey } from "../x509/private-key.ts";
import type { PrivateKey } from "../x509/private-key.ts";
import { ecdsaPublicKey } from "../x509/public-key.ts";
import type { PublicKey } from "../x509/public-key.ts";
import { rsaPrivateKey } from "../x509/rsa-key.ts";
import type { Jwk } from "./jwk.ts";

/** A key to verify with: the public half also of a private key. */
export type KeyMaterial = PublicKey | { readonly kind: "secret"; readonly bytes: Buffer };

/**
 * Checks that a key has what its type asks for.
 *
 * @throws BuiltinError for members that are missing or of another length, and for a point that is not on the curve
 */
export function checkJwk(key: Jwk): void {
  switch (key.type) {
    case "RSA":
      checkRsa(key);
      break;
    case "EC":
      pointOf(key);
      if (key.isPrivate && octets(key, "d").length !== curveOfKey(key).size) throw invalid(key);
      break;
    case "OKP":
      checkOctetKey(key);
      break;
    case "oct":
      if (octets(key, "k").length === 0) throw invalid(key);
      break;
  }
}

function checkRsa(key: Jwk): void {
  const [n, e] = [numberOf(octets(key, "n")), numberOf(octets(key, "e"))];
  if (n === 0n || e % 2n === 0n || e >= 2n ** 63n) throw invalid(key);
  if (key.isPrivate && octets(key, "d").length === 0) throw invalid(key);
}

/** Lengths are known of two curves only. */
function checkOctetKey(key: Jwk): void {
  const known = key.crv === "Ed25519" || key.crv === "X25519";
  const fits = (bytes: Buffer): boolean => (known ? bytes.length === 32 : bytes.length > 0);
  if (key.crv === "" || !fits(octets(key, "x")) || (key.isPrivate && !fits(octets(key, "d")))) throw invalid(key);
}

/**
 * What a key verifies with.
 *
 * @throws BuiltinError for a curve that nothing can be done with, and for a private key without all that it needs
 */
export function keyMaterialOf(key: Jwk): KeyMaterial {
  switch (key.type) {
    case "RSA":
      if (key.isPrivate) for (const factor of ["p", "q"]) octets(key, factor);
      return { kind: "rsa", n: numberOf(octets(key, "n")), e: numberOf(octets(key, "e")) };
    case "EC":
      return pointOf(key);
    case "OKP":
      return octetKeyOf(key);
    case "oct":
      return { kind: "secret", bytes: octets(key, "k") };
  }
}

function octetKeyOf(key: Jwk): KeyMaterial {
  if (key.crv === "X25519") return { kind: "x25519" };
  if (key.crv !== "Ed25519") throw invalid(key);
  if (key.isPrivate) edwardsKeyOf(key);
  return { kind: "ed25519", bytes: octets(key, "x") };
}

/**
 * What a key signs with.
 *
 * @throws BuiltinError for a public key, and for parts that do not belong together
 */
export function signingKeyOf(key: Jwk): PrivateKey | { readonly kind: "secret"; readonly bytes: Buffer } {
  if (key.type === "oct") return { kind: "secret", bytes: octets(key, "k") };
  if (!key.isPrivate) throw new BuiltinError("jwk: a public key does not sign");
  switch (key.type) {
    case "RSA":
      return rsaKeyOf(key);
    case "EC":
      return ecPrivateKey(curveOfKey(key), octets(key, "d"));
    case "OKP":
      if (key.crv !== "Ed25519") throw invalid(key);
      return edwardsKeyOf(key);
  }
}

function rsaKeyOf(key: Jwk): PrivateKey {
  const part = (name: string): bigint => numberOf(octets(key, name));
  const [dp, dq, qInverse] = ["dp", "dq", "qi"].map((name) => (key.octets.has(name) ? part(name) : undefined));
  const crt = dp === undefined || dq === undefined || qInverse === undefined ? {} : { dp, dq, qInverse };
  return rsaPrivateKey({ n: part("n"), e: part("e"), d: part("d"), primes: [part("p"), part("q")] }, crt);
}

/** The public half is given and must be that of the seed. */
function edwardsKeyOf(key: Jwk): PrivateKey & { kind: "ed25519" | "x25519" } {
  const made = edwardsPrivateKey("ed25519", octets(key, "d"));
  if (!made.point.equals(octets(key, "x"))) throw invalid(key);
  return made;
}

function pointOf(key: Jwk): PublicKey & { kind: "ecdsa" } {
  const { size } = curveOfKey(key);
  const [x, y] = [octets(key, "x"), octets(key, "y")];
  if (x.length !== size || y.length !== size) throw invalid(key);
  return ecdsaPublicKey(curveOfKey(key), Buffer.concat([Buffer.from([4]), x, y]));
}

function curveOfKey(key: Jwk): Curve {
  const curve = curveNamed(key.crv);
  if (curve === undefined || curve.name === "P-224") throw invalid(key);
  return curve;
}

function octets(key: Jwk, name: string): Buffer {
  const bytes = key.octets.get(name);
  if (bytes === undefined) throw new BuiltinError(`jwk: required field ${name} is missing`);
  return bytes;
}

function invalid({ type, crv }: Jwk): BuiltinError {
  return new BuiltinError(`jwk: invalid ${type} key${crv === "" ? "" : ` on ${crv}`}`);
}
