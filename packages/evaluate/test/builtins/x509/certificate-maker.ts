import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { derInteger, derOf } from "../../../src/builtins/x509/der-write.ts";
import { TAG } from "../../../src/builtins/x509/der.ts";

/** What a certificate of a test says; everything that is left out is usual. */
export interface CertificatePlan {
  readonly subject?: string;
  readonly issuer?: string;
  readonly version?: number;
  readonly serial?: Buffer;
  readonly notBefore?: Buffer;
  readonly notAfter?: Buffer;
  readonly key?: KeyObject;
  readonly signer?: KeyObject;
  readonly extensions?: readonly Buffer[];
  /** Of the signature, with the digest that Node signs it with. */
  readonly algorithm?: { readonly identifier: Buffer; readonly hash: string };
  /** The identifier that stands outside of what is signed. */
  readonly outerAlgorithm?: Buffer;
  readonly spki?: Buffer;
  readonly subjectName?: Buffer;
  /** Changes what is signed, afterwards. */
  readonly tamper?: (signature: Buffer) => Buffer;
}

const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
export const ED25519 = Buffer.from("300506032b6570", "hex");

/** The same Ed25519 key for a name in every run. */
export function namedKey(name: string): KeyObject {
  const seed = createHash("sha256").update(name).digest();
  return createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seed]), format: "der", type: "pkcs8" });
}

export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: "der", type: "spki" });
}

export function sequence(...contents: readonly Buffer[]): Buffer {
  return derOf(TAG.sequence, ...contents);
}

export function octets(...contents: readonly Buffer[]): Buffer {
  return derOf(TAG.octetString, ...contents);
}

export function text(tag: number, value: string): Buffer {
  return derOf(tag, Buffer.from(value, "latin1"));
}

/** Numbers below 2^14. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const numbers = [first * 40 + second, ...rest];
  return derOf(TAG.oid, Buffer.from(numbers.flatMap((number) => base128(number))));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** One common name as UTF8String. */
export function name(commonName: string): Buffer {
  return sequence(derOf(TAG.set, sequence(oid("2.5.4.3"), derOf(TAG.utf8String, Buffer.from(commonName)))));
}

export function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(oid(id), ...(critical ? [Buffer.from([1, 1, 0xff])] : []), octets(value));
}

export const CA = extension("2.5.29.19", sequence(Buffer.from([1, 1, 0xff])), { critical: true });

export function pathLimit(limit: number): Buffer {
  return extension("2.5.29.19", sequence(Buffer.from([1, 1, 0xff, 2, 1, limit])), { critical: true });
}

export function alternativeNames(...names: readonly Buffer[]): Buffer {
  return extension("2.5.29.17", sequence(...names));
}

export function dnsName(value: string): Buffer {
  return text(0x82, value);
}

export function purposes(...ids: readonly string[]): Buffer {
  return extension("2.5.29.37", sequence(...ids.map(oid)));
}

/** DER of an X.509 certificate, by Ed25519 unless the keys are others. */
export function makeCertificate(plan: CertificatePlan): Buffer {
  const { subject = "leaf", issuer = subject } = plan;
  const key = plan.key ?? namedKey(subject);
  const signer = plan.signer ?? namedKey(issuer);
  const tbs = sequence(
    ...(plan.version === 1 ? [] : [derOf(0xa0, derInteger(BigInt((plan.version ?? 3) - 1)))]),
    plan.serial ?? derInteger(7n),
    plan.algorithm?.identifier ?? ED25519,
    name(issuer),
    sequence(
      plan.notBefore ?? text(TAG.utcTime, "200101000000Z"),
      plan.notAfter ?? text(TAG.generalizedTime, "20990101000000Z"),
    ),
    plan.subjectName ?? name(subject),
    plan.spki ?? spkiOf(key),
    ...(plan.extensions === undefined ? [] : [derOf(0xa3, sequence(...plan.extensions))]),
  );
  const signature = sign(plan.algorithm?.hash ?? null, tbs, signer);
  const signed = plan.tamper?.(signature) ?? signature;
  return sequence(
    tbs,
    plan.outerAlgorithm ?? plan.algorithm?.identifier ?? ED25519,
    derOf(TAG.bitString, Buffer.alloc(1), signed),
  );
}

export function pem(type: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}

export function pemChain(...certificates: readonly Buffer[]): string {
  return certificates.map((der) => pem("CERTIFICATE", der)).join("");
}
