import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { BuiltinError } from "../builtin.ts";
import { readAlgorithm } from "./algorithm-identifier.ts";
import type { AlgorithmIdentifier } from "./algorithm-identifier.ts";
import { curveOf, privateKeyDer } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { numberOf } from "./der-write.ts";
import { Asn1Reader, UNIVERSAL } from "./go-asn1.ts";
import { rsaPrivateKey } from "./rsa-key.ts";
import type { RsaPrivateKey } from "./rsa-key.ts";

export type PrivateKey =
  | RsaPrivateKey
  | {
      readonly kind: "ecdsa";
      readonly curve: Curve;
      readonly scalar: Buffer;
      /** The public half: 4 and the two coordinates. */
      readonly point: Buffer;
      readonly key: KeyObject;
    }
  /** The seed, and the public half that follows from it. */
  | { readonly kind: "ed25519" | "x25519"; readonly seed: Buffer; readonly point: Buffer; readonly key: KeyObject };

const RSA = "1.2.840.113549.1.1.1";
const ECDSA = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
const X25519 = "1.3.101.110";

/** @see RFC 8017, appendix A.1.2 */
export function parsePkcs1(der: Buffer): PrivateKey {
  const reader = new Asn1Reader(der);
  const fields = reader.enter();
  const version = fields.readInt64();
  const [n, e] = [fields.readInteger(), fields.readInt64()];
  const [d, p, q] = [fields.readInteger(), fields.readInteger(), fields.readInteger()];
  const readOptional = (): bigint | undefined => fields.readOptional(UNIVERSAL.integer, (next) => next.readInteger());
  const [dp, dq, qInverse] = [readOptional(), readOptional(), readOptional()];
  const others = fields.readOptional(UNIVERSAL.sequence, readOtherPrimes, { constructed: true }) ?? [];
  if (!reader.isEmpty) throw new BuiltinError("asn1: syntax error: trailing data");
  if (version > 1n) throw new BuiltinError("x509: unsupported private key version");
  if ([n, d, p, q, dp ?? 1n, dq ?? 1n, qInverse ?? 1n, ...others].some((value) => value <= 0n)) {
    throw new BuiltinError("x509: private key contains zero or negative value");
  }
  const crt = dp === undefined || dq === undefined || qInverse === undefined ? {} : { dp, dq, qInverse };
  return rsaPrivateKey({ n, e, d, primes: [p, q, ...others] }, crt);
}

/** Further primes; what belongs to them is worked out anew. */
function readOtherPrimes(reader: Asn1Reader): bigint[] {
  return new Asn1Reader(reader.readSequence().content).readAll((primes) => {
    const fields = primes.enter();
    const [prime] = [fields.readInteger(), fields.readInteger(), fields.readInteger()];
    return prime;
  });
}

/** @see RFC 5208, section 5, and RFC 8410, section 7 */
export function parsePkcs8(der: Buffer): PrivateKey {
  const fields = new Asn1Reader(der).enter();
  fields.readInt64();
  const algorithm = readAlgorithm(fields.enter());
  const content = fields.readOctets();
  switch (algorithm.oid) {
    case RSA:
      return parsePkcs1(content);
    case ECDSA:
      return parseEcKey(content, curveIn(algorithm));
    case ED25519:
    case X25519:
      return parseEdwardsKey(algorithm, content);
    default:
      throw new BuiltinError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${algorithm.oid}`);
  }
}

/** Undefined when the parameters name no curve: the key itself must name it then. */
function curveIn({ parameters }: AlgorithmIdentifier): string | undefined {
  try {
    return new Asn1Reader(parameters).readOid();
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

/** An ECPrivateKey, on the curve that it names unless another one is given. See RFC 5915, section 3. */
export function parseEcKey(der: Buffer, curveOid?: string): PrivateKey {
  const fields = new Asn1Reader(der).enter();
  if (fields.readInt64() !== 1n) throw new BuiltinError("x509: unknown EC private key version");
  const content = fields.readOctets();
  const named = fields.readExplicit(0, UNIVERSAL.oid, (reader) => reader.readOid());
  fields.readExplicit(1, UNIVERSAL.bitString, (reader) => reader.readBitString());
  const curve = curveOf(curveOid ?? named ?? "");
  if (curve === undefined) throw new BuiltinError("x509: unknown elliptic curve");
  const excess = Math.max(0, content.length - curve.size);
  if (content.subarray(0, excess).some((byte) => byte !== 0))
    throw new BuiltinError("x509: invalid private key length");
  const scalar = Buffer.concat([Buffer.alloc(curve.size), content]).subarray(-curve.size);
  return ecPrivateKey(curve, scalar);
}

/** A scalar of as many octets as the curve's order has. */
export function ecPrivateKey(curve: Curve, scalar: Buffer): PrivateKey & { kind: "ecdsa" } {
  const value = numberOf(scalar);
  if (value === 0n || value >= curve.order) throw new BuiltinError("ecdsa: invalid private key");
  const key = createPrivateKey({ key: privateKeyDer(curve, scalar), format: "der", type: "sec1" });
  return { kind: "ecdsa", curve, scalar, point: publicHalf(key, 1 + 2 * curve.size), key };
}

function parseEdwardsKey({ oid, parameters }: AlgorithmIdentifier, content: Buffer): PrivateKey {
  if (parameters.length > 0) throw new BuiltinError("x509: invalid private key parameters");
  return edwardsPrivateKey(oid === ED25519 ? "ed25519" : "x25519", new Asn1Reader(content).readOctets());
}

const EDWARDS_PREFIX = Object.freeze({
  ed25519: Buffer.from("302e020100300506032b657004220420", "hex"),
  x25519: Buffer.from("302e020100300506032b656e04220420", "hex"),
});

export function edwardsPrivateKey(kind: "ed25519" | "x25519", seed: Buffer): PrivateKey & { kind: typeof kind } {
  if (seed.length !== 32) throw new BuiltinError("x509: invalid private key length");
  const key = createPrivateKey({ key: Buffer.concat([EDWARDS_PREFIX[kind], seed]), format: "der", type: "pkcs8" });
  return { kind, seed, point: publicHalf(key, 32), key };
}

/** The last octets of a SubjectPublicKeyInfo. */
function publicHalf(key: KeyObject, length: number): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-length);
}
