import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { NULL_PARAMETERS, readAlgorithm } from "./algorithm-identifier.ts";
import type { AlgorithmIdentifier } from "./algorithm-identifier.ts";
import { curveOf, publicKeyDer } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { numberOf } from "./der-write.ts";
import { DerReader, rightAlign, TAG } from "./der.ts";
import { Asn1Reader } from "./go-asn1.ts";
import { bytesOf, structOf } from "./json-value.ts";

export type PublicKey =
  | { readonly kind: "rsa"; readonly n: bigint; readonly e: bigint }
  | { readonly kind: "ecdsa"; readonly curve: Curve; readonly point: Buffer; readonly key: KeyObject }
  | { readonly kind: "ed25519"; readonly bytes: Buffer }
  | { readonly kind: "dsa"; readonly p: bigint; readonly q: bigint; readonly g: bigint; readonly y: bigint }
  | { readonly kind: "x25519" };

interface KeyKind {
  /** The number that Go prints for certificates; 0 is an algorithm that they may have but that means nothing to it. */
  readonly number: bigint;
  readonly parse: (algorithm: AlgorithmIdentifier, data: Buffer) => PublicKey;
}

const KINDS: Readonly<Record<string, KeyKind>> = {
  "1.2.840.113549.1.1.1": { number: 1n, parse: parseRsa },
  "1.2.840.10040.4.1": { number: 2n, parse: parseDsa },
  "1.2.840.10045.2.1": { number: 3n, parse: parseEcdsa },
  "1.3.101.112": { number: 4n, parse: parseEd25519 },
  "1.3.101.110": { number: 0n, parse: parseX25519 },
};

/** The number of the key's algorithm in Go, 0 for one that is not known. */
export function keyAlgorithmNumber(oid: string): bigint {
  return KINDS[oid]?.number ?? 0n;
}

export function parsePublicKey(algorithm: AlgorithmIdentifier, data: Buffer): PublicKey {
  const kind = KINDS[algorithm.oid];
  if (kind === undefined) throw new BuiltinError("x509: unknown public key algorithm");
  return kind.parse(algorithm, data);
}

/** A SubjectPublicKeyInfo by itself, as in PEM blocks named PUBLIC KEY. */
export function parsePublicKeyInfo(der: Buffer): PublicKey {
  const reader = new Asn1Reader(der);
  const { algorithm, data } = readPublicKeyInfo(reader.enter());
  if (!reader.isEmpty) throw new BuiltinError("x509: trailing data after ASN.1 of public-key");
  return parsePublicKey(algorithm, data);
}

export function readPublicKeyInfo(fields: Asn1Reader): { algorithm: AlgorithmIdentifier; data: Buffer } {
  return { algorithm: readAlgorithm(fields.enter()), data: rightAlign(fields.readBitString()) };
}

function parseRsa({ parameters }: AlgorithmIdentifier, data: Buffer): PublicKey {
  if (!parameters.equals(NULL_PARAMETERS)) throw new BuiltinError("x509: RSA key missing NULL parameters");
  const fields = new DerReader(data, "RSA public key").enter(TAG.sequence);
  const [n, e] = [fields.readInteger(), fields.readInt64()];
  if (n <= 0n || e <= 0n) throw new BuiltinError("x509: RSA modulus or exponent is not a positive number");
  return { kind: "rsa", n, e };
}

function parseDsa({ parameters }: AlgorithmIdentifier, data: Buffer): PublicKey {
  const y = new DerReader(data, "DSA public key").readInteger();
  const fields = new DerReader(parameters, "DSA parameters").enter(TAG.sequence);
  const [p, q, g] = [fields.readInteger(), fields.readInteger(), fields.readInteger()];
  if ([y, p, q, g].some((value) => value <= 0n)) throw new BuiltinError("x509: zero or negative DSA parameter");
  return { kind: "dsa", p, q, g, y };
}

function parseEcdsa({ parameters }: AlgorithmIdentifier, data: Buffer): PublicKey {
  const curve = curveOf(new DerReader(parameters, "ECDSA parameters").readOid());
  if (curve === undefined) throw new BuiltinError("x509: unsupported elliptic curve");
  return ecdsaPublicKey(curve, data);
}

/** A point in the uncompressed form of SEC 1, section 2.3.3, which must be on the curve. */
export function ecdsaPublicKey(curve: Curve, point: Buffer): PublicKey & { kind: "ecdsa" } {
  if (point.length !== 1 + 2 * curve.size || point[0] !== 4) throw new BuiltinError("ecdsa: invalid public key");
  try {
    const key = createPublicKey({ key: publicKeyDer(curve, point), format: "der", type: "spki" });
    return { kind: "ecdsa", curve, point, key };
  } catch {
    throw new BuiltinError("ecdsa: invalid public key");
  }
}

function parseEd25519({ parameters }: AlgorithmIdentifier, data: Buffer): PublicKey {
  if (parameters.length > 0 || data.length !== 32) throw new BuiltinError("x509: invalid Ed25519 public key");
  return { kind: "ed25519", bytes: data };
}

function parseX25519({ parameters }: AlgorithmIdentifier, data: Buffer): PublicKey {
  if (parameters.length > 0 || data.length !== 32) throw new BuiltinError("x509: invalid X25519 public key");
  return { kind: "x25519" };
}

/** A key as Go prints it; a curve prints as nothing. */
export function printPublicKey(key: PublicKey | undefined): RegoValue {
  switch (key?.kind) {
    case undefined:
      return null;
    case "rsa":
      return structOf({ N: key.n, E: key.e });
    case "ecdsa":
      return structOf({ Curve: structOf({}), ...coordinatesOf(key) });
    case "ed25519":
      return bytesOf(key.bytes);
    case "dsa":
      return structOf({ P: key.p, Q: key.q, G: key.g, Y: key.y });
    case "x25519":
      return structOf({});
  }
}

export function coordinatesOf({ point, curve }: { point: Buffer; curve: Curve }): { X: bigint; Y: bigint } {
  return { X: numberOf(point.subarray(1, 1 + curve.size)), Y: numberOf(point.subarray(1 + curve.size)) };
}
