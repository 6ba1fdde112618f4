import { createECDH, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { bits, boolean, der, explicit, integer, namedBits, octets, oid, sequence, set, time, utf8 } from "./asn1.ts";

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
export const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
export const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
export const SCT_OID = "1.3.6.1.4.1.11129.2.4.2";

export function keyPair(namedCurve = "P-256"): KeyPair {
  return generateKeyPairSync("ec", { namedCurve });
}

/** The P-256 key of a name: the same in every run, so that what does not depend on a nonce stays the same too. */
export function namedKeyPair(seed: string): KeyPair {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(createHash("sha256").update(`policy-pack test key: ${seed}`).digest());
  const point = curve.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), curve.getPrivateKey()];
  const jwk = { kty: "EC", crv: "P-256", ...mapToBase64Url({ x, y, d }) };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function mapToBase64Url(parts: Readonly<Record<string, Buffer>>): Record<string, string> {
  const padded = (bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]);
  return Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, padded(bytes).toString("base64url")]));
}

export function spkiOf(key: KeyPair): Buffer {
  return key.publicKey.export({ format: "der", type: "spki" });
}

export function name(commonName: string): Buffer {
  return sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))));
}

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

export const keyUsage = (...numbers: readonly number[]): Buffer => extension("2.5.29.15", namedBits(...numbers), true);
export const extendedKeyUsage = (...ids: readonly string[]): Buffer =>
  extension("2.5.29.37", sequence(...ids.map(oid)));
export const basicConstraints = (isCa: boolean, pathLength?: number): Buffer =>
  extension(
    "2.5.29.19",
    sequence(...(isCa ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
    true,
  );
export const alternativeNames = (...names: readonly Buffer[]): Buffer =>
  extension("2.5.29.17", sequence(...names), true);
export const email = (text: string): Buffer => der(0x81, Buffer.from(text));
export const uri = (text: string): Buffer => der(0x86, Buffer.from(text));
export const dns = (text: string): Buffer => der(0x82, Buffer.from(text));
export const userName = (text: string): Buffer => explicit(0, oid("1.3.6.1.4.1.57264.1.7"), explicit(0, utf8(text)));
export const issuerV1 = (text: string): Buffer => extension("1.3.6.1.4.1.57264.1.1", Buffer.from(text));
export const issuerV2 = (text: string): Buffer => extension("1.3.6.1.4.1.57264.1.8", utf8(text));

export interface CertificateSpec {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly key: KeyPair;
  readonly issuerKey: KeyPair;
  readonly serial?: number;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: readonly Buffer[];
  readonly version?: number;
  /** The algorithm that it says it is signed with; it is signed with ECDSA and SHA-256 in any case. */
  readonly algorithm?: string;
  /** The algorithm as it stands outside the signature; default the one inside. */
  readonly outerAlgorithm?: string;
}

function tbsOf(spec: CertificateSpec): Buffer {
  return sequence(
    explicit(0, integer(spec.version ?? 2)),
    integer(spec.serial ?? 5),
    sequence(oid(spec.algorithm ?? ECDSA_SHA256)),
    spec.issuer,
    sequence(time(spec.notBefore), time(spec.notAfter)),
    spec.subject,
    spkiOf(spec.key),
    explicit(3, sequence(...spec.extensions)),
  );
}

export function certificate(spec: CertificateSpec): Buffer {
  const tbs = tbsOf(spec);
  const signature = sign("sha256", tbs, spec.issuerKey.privateKey);
  return sequence(tbs, sequence(oid(spec.outerAlgorithm ?? spec.algorithm ?? ECDSA_SHA256)), bits(signature));
}

function uint(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

export const vector = (bytes: Uint8Array): Buffer => Buffer.concat([uint(bytes.length, 2), bytes]);

/** One SCT over the certificate that the spec makes (which has no SCT yet), at a time in milliseconds. */
export function signedTimestamp(log: KeyPair, spec: CertificateSpec, milliseconds: number): Buffer {
  const tbs = tbsOf(spec);
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(BigInt(milliseconds));
  const issuerKeyHash = createHash("sha256").update(spkiOf(spec.issuerKey)).digest();
  const entry = Buffer.concat([uint(1, 2), issuerKeyHash, uint(tbs.length, 3), tbs]);
  const signed = Buffer.concat([Buffer.from([0, 0]), timestamp, entry, uint(0, 2)]);
  const logId = createHash("sha256").update(spkiOf(log)).digest();
  const signature = sign("sha256", signed, log.privateKey);
  return Buffer.concat([Buffer.from([0]), logId, timestamp, uint(0, 2), Buffer.from([4, 3]), vector(signature)]);
}

export function sctExtension(...scts: readonly Buffer[]): Buffer {
  return extension(SCT_OID, octets(vector(Buffer.concat(scts.map(vector)))));
}
