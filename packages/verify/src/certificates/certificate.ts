import { childrenOf, contextTag, onlyChildOf, readDer, sequenceOf, TAG } from "../encoding/der.ts";
import type { DerValue } from "../encoding/der.ts";
import {
  readBitString,
  readBoolean,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
} from "../encoding/der-values.ts";
import { expectTag } from "../encoding/der.ts";
import { malformed } from "../encoding/malformed.ts";
import { toPublicKey } from "../keys/public-key.ts";
import type { PublicKey } from "../keys/public-key.ts";

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}

/** An X.509 v3 certificate (RFC 5280, 4.1) as it was read: nothing about it has been proven. */
export interface Certificate {
  readonly der: Buffer;
  /** The bytes that the issuer signed, and the fields that stand around its extensions. */
  readonly tbs: DerValue;
  readonly serial: Buffer;
  /** Names as DER, compared byte for byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Milliseconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Reads strict DER; throws MalformedError, or what OpenSSL says of the key. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const der = Buffer.from(bytes);
  const [tbs, algorithm, signature, ...more] = sequenceOf(readDer(der));
  const fields = sequenceOf(tbs);
  const [version, serial, innerAlgorithm, issuer, validity, subject, spki, ...rest] = fields;
  if (tbs === undefined || more.length > 0) malformed("is not a certificate");
  checkVersion(version);
  // The signed copy of the algorithm and the one outside the signature must be the same (RFC 5280, 4.1.1.2).
  if (algorithm === undefined || innerAlgorithm?.raw.equals(algorithm.raw) !== true) {
    malformed("names two signature algorithms");
  }
  const [notBefore, notAfter] = sequenceOf(validity);
  return {
    der,
    tbs,
    serial: readInteger(serial),
    issuer: expectTag(issuer, TAG.sequence).raw,
    subject: expectTag(subject, TAG.sequence).raw,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: toPublicKey(expectTag(spki, TAG.sequence).raw),
    signatureAlgorithm: readOid(sequenceOf(algorithm)[0]),
    signature: readBitString(signature),
    extensions: readExtensions(rest),
  };
}

function checkVersion(version: DerValue | undefined): void {
  const number = onlyChildOf(expectTag(version, contextTag(0, "constructed")));
  if (readSmallInteger(number) !== 2) malformed("is not an X.509 v3 certificate");
}

/** Extensions stand last, in [3]; the unique identifiers of v2 before them are refused. */
function readExtensions(rest: readonly DerValue[]): ReadonlyMap<string, Extension> {
  const [wrapper, ...more] = rest;
  if (more.length > 0) malformed("has fields that X.509 v3 certificates no longer use");
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  for (const entry of sequenceOf(onlyChildOf(expectTag(wrapper, contextTag(3, "constructed"))))) {
    const [oid, extension] = readExtension(entry);
    if (extensions.has(oid)) malformed(`has the extension ${oid} twice`);
    extensions.set(oid, extension);
  }
  return extensions;
}

function readExtension(entry: DerValue): [string, Extension] {
  const parts = childrenOf(expectTag(entry, TAG.sequence));
  const value = expectTag(parts.at(-1), TAG.octetString).content;
  if (parts.length !== 2 && parts.length !== 3) malformed("has a broken extension");
  const critical = parts.length === 3 && readBoolean(parts[1]);
  // DER leaves a default out: an explicit FALSE is another encoding of the same certificate.
  if (parts.length === 3 && !critical) malformed("spells out that an extension is not critical");
  return [readOid(parts[0]), { critical, value }];
}
