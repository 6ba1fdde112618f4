import { createHash, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import {
  bitString,
  boolean,
  certificateTime,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from "./der.ts";

export const OID = Object.freeze({
  organization: "2.5.4.10",
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  /** The issuer of the identity token as bare text, as first certificates had it. */
  issuerV1: "1.3.6.1.4.1.57264.1.1",
  /** The same as a DER UTF8String. */
  issuerV2: "1.3.6.1.4.1.57264.1.8",
  sctList: "1.3.6.1.4.1.11129.2.4.2",
});

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Who signs a certificate: the encoded name that it stands under, and the P-256 key. */
export interface Issuer {
  readonly name: Uint8Array;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

export interface CertificateRequest {
  readonly serial: Uint8Array;
  readonly issuer: Issuer;
  readonly subject: Uint8Array;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Uint8Array[];
}

/** The part of a certificate that is signed. Source: RFC 5280, 4.1. */
export function toBeSigned(request: CertificateRequest): Buffer {
  return sequence(
    explicit(0, integer(2)),
    integer(request.serial),
    ecdsaWithSha256(),
    request.issuer.name,
    sequence(certificateTime(request.validity.notBefore), certificateTime(request.validity.notAfter)),
    request.subject,
    spkiOf(request.publicKey),
    explicit(3, sequence(...request.extensions)),
  );
}

/** The complete certificate (DER). */
export function signCertificate(tbs: Uint8Array, key: KeyObject): Buffer {
  return sequence(tbs, ecdsaWithSha256(), bitString(sign("sha256", tbs, key)));
}

/** 16 random bytes whose first bit is clear, so that the encoded number is positive. */
export function randomSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** A distinguished name of organization and common name. */
export function distinguishedName(organization: string, commonName: string): Buffer {
  const attribute = (type: string, value: string) => setOf(sequence(oid(type), utf8String(value)));
  return sequence(attribute(OID.organization, organization), attribute(OID.commonName, commonName));
}

export function ecdsaWithSha256(): Buffer {
  return sequence(oid(OID.ecdsaWithSha256));
}

/** The extensions of a certificate that signs certificates. */
export function authorityExtensions(publicKey: KeyObject, issuer: Issuer, pathLength: number): Buffer[] {
  return [
    extension(OID.keyUsage, bitString(Buffer.from([0x06]), 1), true),
    extension(OID.basicConstraints, sequence(boolean(true), integer(pathLength)), true),
    ...keyIdentifiers(publicKey, issuer),
  ];
}

/** The extensions of a certificate for one use, which signs data. */
export function leafExtensions(
  publicKey: KeyObject,
  issuer: Issuer,
  use: { oid: string; critical: boolean },
): Buffer[] {
  return [
    extension(OID.keyUsage, bitString(Buffer.from([0x80]), 7), true),
    extension(OID.extendedKeyUsage, sequence(oid(use.oid)), use.critical),
    ...keyIdentifiers(publicKey, issuer),
  ];
}

/** An e-mail address or, when it has a scheme, a URI, as the certificate's one name; critical, the subject is empty. */
export function identityExtension(identity: string): Buffer {
  const [rfc822Name, uniformResourceIdentifier] = [1, 6];
  const tag = identity.includes("://") ? uniformResourceIdentifier : rfc822Name;
  return extension(OID.subjectAltName, sequence(implicit(tag, Buffer.from(identity, "ascii"))), true);
}

export function extension(type: string, value: Uint8Array, critical = false): Buffer {
  return critical ? sequence(oid(type), boolean(true), octetString(value)) : sequence(oid(type), octetString(value));
}

export function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: "der", type: "spki" });
}

function keyIdentifiers(publicKey: KeyObject, issuer: Issuer): Buffer[] {
  return [
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.publicKey)))),
  ];
}

/** Any unique value serves (RFC 5280, 4.2.1.2); this one needs no reading of the key's insides. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha256").update(spkiOf(publicKey)).digest().subarray(0, 20);
}
