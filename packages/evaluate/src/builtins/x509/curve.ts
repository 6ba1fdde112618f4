import { derOf } from "./der-write.ts";
import { TAG } from "./der.ts";

/** The curves that OPA takes keys on: those of FIPS 186. */
export interface Curve {
  readonly name: "P-224" | "P-256" | "P-384" | "P-521";
  /** The identifier as DER, with tag and length. */
  readonly identifier: Buffer;
  /** Octets of a coordinate, and of a private key. */
  readonly size: number;
  /** Private keys are from 1 up to below this. */
  readonly order: bigint;
}

const EC_PUBLIC_KEY = Buffer.from("06072a8648ce3d0201", "hex");

const CURVES: Readonly<Record<string, Curve>> = Object.freeze({
  "1.3.132.0.33": {
    name: "P-224",
    identifier: Buffer.from("06052b81040021", "hex"),
    size: 28,
    order: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  },
  "1.2.840.10045.3.1.7": {
    name: "P-256",
    identifier: Buffer.from("06082a8648ce3d030107", "hex"),
    size: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  "1.3.132.0.34": {
    name: "P-384",
    identifier: Buffer.from("06052b81040022", "hex"),
    size: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  "1.3.132.0.35": {
    name: "P-521",
    identifier: Buffer.from("06052b81040023", "hex"),
    size: 66,
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
});

export function curveOf(oid: string): Curve | undefined {
  return CURVES[oid];
}

export function curveNamed(name: string): Curve | undefined {
  return Object.values(CURVES).find((curve) => curve.name === name);
}

/** A SubjectPublicKeyInfo. See RFC 5480, section 2. */
export function publicKeyDer(curve: Curve, point: Uint8Array): Buffer {
  const algorithm = derOf(TAG.sequence, EC_PUBLIC_KEY, curve.identifier);
  return derOf(TAG.sequence, algorithm, derOf(TAG.bitString, Buffer.alloc(1), point));
}

/** An ECPrivateKey without its public half, which follows from the rest. See RFC 5915, section 3. */
export function privateKeyDer(curve: Curve, scalar: Uint8Array): Buffer {
  const version = Buffer.from([TAG.integer, 1, 1]);
  return derOf(TAG.sequence, version, derOf(TAG.octetString, scalar), derOf(0xa0, curve.identifier));
}
