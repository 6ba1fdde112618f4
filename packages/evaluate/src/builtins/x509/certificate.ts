import { BuiltinError } from "../builtin.ts";
import { readAlgorithm } from "./algorithm-identifier.ts";
import { DerReader, contextTag, explicitTag, rightAlign, TAG } from "./der.ts";
import { readExtensions } from "./extensions.ts";
import type { Extension, ExtensionValues } from "./extensions.ts";
import { parseGeneralizedTime, parseUtcTime } from "./go-time.ts";
import type { CertificateTime } from "./go-time.ts";
import { parseName } from "./name.ts";
import type { NameAttribute } from "./name.ts";
import { keyAlgorithmNumber, parsePublicKey } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import { signatureAlgorithmOf } from "./signature-algorithm.ts";
import type { SignatureAlgorithm } from "./signature-algorithm.ts";

interface Names {
  readonly raw: Buffer;
  readonly attributes: readonly NameAttribute[];
}

interface SubjectKey {
  readonly raw: Buffer;
  /** Go's number, 0 for an algorithm that it does not know. */
  readonly algorithm: bigint;
  /** Undefined when the algorithm is not known. */
  readonly key: PublicKey | undefined;
}

export interface Certificate {
  readonly raw: Buffer;
  readonly rawTbs: Buffer;
  /** From 1 to 3. */
  readonly version: number;
  readonly serialNumber: bigint;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  readonly issuer: Names;
  readonly subject: Names;
  readonly notBefore: CertificateTime;
  readonly notAfter: CertificateTime;
  readonly subjectKey: SubjectKey;
  readonly extensions: readonly Extension[];
  readonly values: ExtensionValues;
}

/**
 * Parses one certificate. Nothing is verified, and no validity looked at.
 *
 * @throws BuiltinError for what Go does not parse, bytes behind the certificate among it
 * @see RFC 5280, section 4.1
 */
export function parseCertificate(der: Buffer): Certificate {
  const certificate = readCertificate(new DerReader(der, "certificate"));
  if (certificate.raw.length !== der.length) throw new BuiltinError("x509: trailing data");
  return certificate;
}

/** Parses certificates that stand one behind the other. */
export function parseCertificates(der: Buffer): Certificate[] {
  const reader = new DerReader(der, "certificate");
  const certificates: Certificate[] = [];
  while (!reader.isEmpty) certificates.push(readCertificate(reader));
  return certificates;
}

function readCertificate(reader: DerReader): Certificate {
  const { full: raw, content } = reader.readElement(TAG.sequence);
  const outer = new DerReader(content, "certificate");
  const { full: rawTbs, content: body } = outer.readElement(TAG.sequence);
  const tbs = new DerReader(body, "tbs certificate");
  const version = readVersion(tbs);
  const serialNumber = tbs.readInteger();
  if (serialNumber < 0n) throw new BuiltinError("x509: negative serial number");
  const algorithm = tbs.read(TAG.sequence);
  // RFC 5280, section 4.1.1.2: what is signed must say how, or the unsigned half could say otherwise.
  if (!outer.read(TAG.sequence).equals(algorithm)) {
    throw new BuiltinError("x509: inner and outer signature algorithm identifiers don't match");
  }
  const signatureAlgorithm = signatureAlgorithmOf(readAlgorithm(new DerReader(algorithm, "algorithm")));
  const issuer = readName(tbs);
  const validity = tbs.enter(TAG.sequence, "validity");
  const [notBefore, notAfter] = [readTime(validity), readTime(validity)];
  const subject = readName(tbs);
  const subjectKey = readSubjectKey(tbs);
  const extensions = version === 1 ? [] : readTail(tbs, version);
  const values = readExtensions(extensions);
  const signature = rightAlign(outer.readBitString());
  const named = { issuer, subject, notBefore, notAfter, subjectKey, extensions, values };
  return { raw, rawTbs, version, serialNumber, signatureAlgorithm, signature, ...named };
}

function readVersion(tbs: DerReader): number {
  const content = tbs.readOptional(explicitTag(0));
  if (content === undefined) return 1;
  const reader = new DerReader(content, "version");
  const version = reader.readInt64();
  if (version < 0n || version > 2n || !reader.isEmpty) throw reader.malformed();
  return Number(version) + 1;
}

function readName(tbs: DerReader): Names {
  const { full: raw } = tbs.readElement(TAG.sequence);
  return { raw, attributes: parseName(raw) };
}

function readTime(validity: DerReader): CertificateTime {
  const { tag, content } = validity.readAny();
  const time =
    tag === TAG.utcTime
      ? parseUtcTime(content)
      : tag === TAG.generalizedTime
        ? parseGeneralizedTime(content, { fractions: false })
        : undefined;
  if (time === undefined) throw validity.malformed();
  return time;
}

function readSubjectKey(tbs: DerReader): SubjectKey {
  const { full: raw, content } = tbs.readElement(TAG.sequence);
  const reader = new DerReader(content, "spki");
  const identifier = readAlgorithm(reader.enter(TAG.sequence));
  const data = rightAlign(reader.readBitString());
  const algorithm = keyAlgorithmNumber(identifier.oid);
  return { raw, algorithm, key: algorithm === 0n ? undefined : parsePublicKey(identifier, data) };
}

function readTail(tbs: DerReader, version: number): Extension[] {
  // The unique identifiers of X.509v2, which nobody looks at.
  tbs.readOptional(contextTag(1));
  tbs.readOptional(contextTag(2));
  const content = version === 3 ? tbs.readOptional(explicitTag(3)) : undefined;
  return content === undefined ? [] : readExtensionList(new DerReader(content, "extensions").enter(TAG.sequence));
}

function readExtensionList(reader: DerReader): Extension[] {
  const extensions = new Map<string, Extension>();
  while (!reader.isEmpty) {
    const fields = reader.enter(TAG.sequence, "extension");
    const oid = fields.readOid();
    const critical = fields.peek(TAG.boolean) && fields.readBoolean();
    if (extensions.has(oid)) throw new BuiltinError(`x509: certificate contains duplicate extension with OID ${oid}`);
    extensions.set(oid, { oid, critical, value: fields.read(TAG.octetString) });
  }
  return [...extensions.values()];
}
