import { createHash } from "node:crypto";
import {
  childrenOf,
  contextTag,
  encodeDer,
  expectTag,
  onlyChildOf,
  readDer,
  sequenceOf,
  TAG,
} from "../encoding/der.ts";
import type { DerValue } from "../encoding/der.ts";
import { readInteger, readOid, readSmallInteger, readTime } from "../encoding/der-values.ts";
import { malformed } from "../encoding/malformed.ts";
import type { HashName } from "../keys/signature.ts";

/** An RFC 3161 time-stamp token as it was read. */
export interface TimestampToken {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly imprint: { readonly hash: HashName; readonly value: Buffer };
  /** Which certificate signed, by its issuer's name and serial number, and by its hash. */
  readonly signer: { readonly issuer: Buffer; readonly serial: Buffer };
  readonly certificateHash: { readonly algorithm: HashName | "sha1"; readonly value: Buffer };
  /** Certificates that came along; unsigned, so they are only compared. */
  readonly certificates: readonly Buffer[];
  readonly signatureAlgorithm: string;
  readonly digestHash: HashName;
  /** The signed attributes in the form in which they are signed. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const OID = Object.freeze({
  signedData: "1.2.840.113549.1.7.2",
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
});

const HASHES: Readonly<Record<string, HashName>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** Reads a granted TimeStampResp (RFC 3161, 2.4.2) with one signer (RFC 5652). Throws MalformedError. */
export function parseTimestampResponse(response: Uint8Array): TimestampToken {
  const [status, token, ...more] = sequenceOf(readDer(response));
  const [code, ...notes] = sequenceOf(status);
  if (readSmallInteger(code) !== 0 || notes.length > 0 || more.length > 0) malformed("was not granted");
  const [type, content] = sequenceOf(token);
  if (readOid(type) !== OID.signedData) malformed("is not CMS signed data");
  return parseSignedData(explicit(content, 0));
}

/** SignedData (RFC 5652, 5.1): version, digest algorithms, content, certificates, signers. */
function parseSignedData(signedData: DerValue): TimestampToken {
  const fields = [...sequenceOf(signedData)];
  const certificates = fields[3]?.tag === contextTag(0, "constructed") ? fields.splice(3, 1) : [];
  const [version, algorithms, content, signers, ...more] = fields;
  if (readSmallInteger(version) !== 3 || more.length > 0) malformed("has an unknown CMS form");
  const info = readContent(content);
  const signerInfo = readSignerInfo(onlyChildOf(expectTag(signers, TAG.set)), info);
  const listed = readHash(onlyChildOf(expectTag(algorithms, TAG.set)));
  if (listed !== signerInfo.digestHash) malformed("lists another digest algorithm than it uses");
  return {
    ...readInfo(info),
    ...signerInfo,
    certificates: certificates.flatMap(childrenOf).map(({ raw }) => raw),
  };
}

function readContent(content: DerValue | undefined): Buffer {
  const [type, wrapped, ...more] = sequenceOf(content);
  if (readOid(type) !== OID.tstInfo || more.length > 0) malformed("does not hold a time");
  return expectTag(explicit(wrapped, 0), TAG.octetString).content;
}

/** TSTInfo (RFC 3161, 2.4.2). Accuracy, ordering, nonce and name may follow; extensions, in [1], are not understood. */
function readInfo(info: Buffer): Pick<TimestampToken, "time" | "imprint"> {
  const [version, , imprint, , time, ...rest] = sequenceOf(readDer(info));
  if (readSmallInteger(version) !== 1) malformed("is of an unknown version");
  if (rest.some(({ tag }) => tag === contextTag(1, "constructed"))) malformed("has extensions");
  const [algorithm, value] = sequenceOf(imprint);
  return {
    time: readTime(expectTag(time, TAG.generalizedTime)),
    imprint: { hash: readHash(algorithm), value: expectTag(value, TAG.octetString).content },
  };
}

type SignerInfo = Omit<TimestampToken, "time" | "imprint" | "certificates">;

/** SignerInfo (RFC 5652, 5.3), version 1; unsigned attributes would be a place for anything and are refused. */
function readSignerInfo(signerInfo: DerValue, info: Buffer): SignerInfo {
  const [version, sid, digestAlgorithm, attributes, algorithm, signature, ...more] = sequenceOf(signerInfo);
  if (readSmallInteger(version) !== 1 || more.length > 0) malformed("has an unknown signer form");
  const [issuer, serial] = sequenceOf(sid);
  const digestHash = readHash(digestAlgorithm);
  const signed = readAttributes(expectTag(attributes, contextTag(0, "constructed")));
  checkAttributes(signed, createHash(digestHash).update(info).digest());
  return {
    signer: { issuer: expectTag(issuer, TAG.sequence).raw, serial: readInteger(serial) },
    certificateHash: readCertificateHash(signed),
    signatureAlgorithm: readOid(readAlgorithm(algorithm)),
    digestHash,
    // They travel under [0] and are signed as a SET (RFC 5652, 5.4).
    signed: encodeDer(TAG.set, expectTag(attributes, contextTag(0, "constructed")).content),
    signature: expectTag(signature, TAG.octetString).content,
  };
}

type Attributes = ReadonlyMap<string, DerValue>;

function readAttributes(attributes: DerValue): Attributes {
  const values = new Map<string, DerValue>();
  for (const attribute of childrenOf(attributes)) {
    const [type, set, ...more] = sequenceOf(attribute);
    const oid = readOid(type);
    if (values.has(oid) || more.length > 0) malformed("has an attribute twice");
    values.set(oid, onlyChildOf(expectTag(set, TAG.set)));
  }
  return values;
}

function checkAttributes(attributes: Attributes, digest: Buffer): void {
  if (readOid(attributes.get(OID.contentType)) !== OID.tstInfo) malformed("signs another kind of content");
  const signedDigest = expectTag(attributes.get(OID.messageDigest), TAG.octetString).content;
  if (!signedDigest.equals(digest)) malformed("signs another time than it holds");
}

/** ESSCertID (RFC 2634, 5.4.1) or ESSCertIDv2 (RFC 5035, 4), which RFC 3161 requires: which certificate signed. */
function readCertificateHash(attributes: Attributes): TimestampToken["certificateHash"] {
  const current = attributes.get(OID.signingCertificateV2);
  const attribute = current ?? attributes.get(OID.signingCertificate);
  const [first] = sequenceOf(sequenceOf(attribute)[0]);
  const [head, ...rest] = sequenceOf(first);
  if (current !== undefined && head?.tag === TAG.sequence) {
    return { algorithm: readHash(head), value: expectTag(rest[0], TAG.octetString).content };
  }
  return { algorithm: current === undefined ? "sha1" : "sha256", value: expectTag(head, TAG.octetString).content };
}

function readHash(algorithm: DerValue | undefined): HashName {
  return HASHES[readOid(readAlgorithm(algorithm))] ?? malformed("uses a hash other than SHA-256, SHA-384 and SHA-512");
}

/** An AlgorithmIdentifier whose parameters are absent or NULL. */
function readAlgorithm(algorithm: DerValue | undefined): DerValue {
  const [oid, parameters, ...more] = sequenceOf(algorithm);
  const hasOthers = parameters !== undefined && (parameters.tag !== TAG.null || parameters.content.length > 0);
  return oid === undefined || hasOthers || more.length > 0 ? malformed("has an algorithm with parameters") : oid;
}

function explicit(value: DerValue | undefined, number: number): DerValue {
  return onlyChildOf(expectTag(value, contextTag(number, "constructed")));
}
