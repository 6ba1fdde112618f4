import { createHash, sign, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { ecdsaWithSha256, randomSerial } from "./certificates.ts";
import { explicit, generalizedTime, integer, octetString, oid, sequence, setOf } from "./der.ts";

const OID = Object.freeze({
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  /** The one that Sigstore's timestamp authorities issue under. */
  policy: "1.3.6.1.4.1.57264.2",
});

/** The hashes that a timestamp may be over: their object identifiers and sizes in bytes. */
export const TIMESTAMP_HASHES = Object.freeze({
  sha256: { oid: "2.16.840.1.101.3.4.2.1", size: 32 },
  sha384: { oid: "2.16.840.1.101.3.4.2.2", size: 48 },
  sha512: { oid: "2.16.840.1.101.3.4.2.3", size: 64 },
} as const);

export type TimestampHash = keyof typeof TIMESTAMP_HASHES;

export interface TimestampRequest {
  readonly algorithm: TimestampHash;
  readonly hash: Uint8Array;
  /** Echoed in the answer: a non-negative integer, big-endian. */
  readonly nonce?: Uint8Array;
  /** Whether the answer brings the authority's certificate along. */
  readonly withCertificate: boolean;
}

export interface TimestampSigner {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
  /** The encoded name of who issued the certificate. */
  readonly issuerName: Uint8Array;
}

/**
 * A granted TimeStampResp (DER) for the hash, with the time in whole seconds and an accuracy of one second.
 * Source: RFC 3161, 2.4.2; RFC 5652 (CMS); RFC 5816 (signing certificate by SHA-256).
 */
export function createTimestamp(request: TimestampRequest, signer: TimestampSigner, now: Date): Buffer {
  const status = sequence(integer(0));
  return sequence(status, sequence(oid(OID.signedData), explicit(0, signedData(request, signer, now))));
}

function signedData(request: TimestampRequest, signer: TimestampSigner, now: Date): Buffer {
  const info = timestampInfo(request, now);
  return sequence(
    integer(3),
    setOf(hashAlgorithm("sha256")),
    sequence(oid(OID.tstInfo), explicit(0, octetString(info))),
    ...(request.withCertificate ? [explicit(0, signer.certificate)] : []),
    setOf(signerInfo(info, signer)),
  );
}

function timestampInfo(request: TimestampRequest, now: Date): Buffer {
  return sequence(
    integer(1),
    oid(OID.policy),
    sequence(hashAlgorithm(request.algorithm), octetString(request.hash)),
    integer(randomSerial()),
    generalizedTime(now),
    sequence(integer(1)),
    ...(request.nonce === undefined ? [] : [integer(request.nonce)]),
  );
}

function signerInfo(info: Uint8Array, signer: TimestampSigner): Buffer {
  const certificate = new X509Certificate(signer.certificate);
  const attributes = setOf(
    attribute(OID.contentType, oid(OID.tstInfo)),
    attribute(OID.messageDigest, octetString(sha256(info))),
    attribute(OID.signingCertificateV2, sequence(sequence(sequence(octetString(sha256(signer.certificate)))))),
  );
  // Signed as a SET, sent under the tag [0] in its place (RFC 5652, 5.4).
  const sent = Buffer.from(attributes);
  sent[0] = 0xa0;
  return sequence(
    integer(1),
    sequence(signer.issuerName, integer(Buffer.from(certificate.serialNumber, "hex"))),
    hashAlgorithm("sha256"),
    sent,
    ecdsaWithSha256(),
    octetString(sign("sha256", attributes, signer.key)),
  );
}

function attribute(type: string, value: Uint8Array): Buffer {
  return sequence(oid(type), setOf(value));
}

function hashAlgorithm(algorithm: TimestampHash): Buffer {
  return sequence(oid(TIMESTAMP_HASHES[algorithm].oid));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
