import { readDer, sequenceOf, TAG } from "../encoding/der.ts";
import { readBoolean, readNamedBits, readOid, readSmallInteger } from "../encoding/der-values.ts";
import type { Certificate } from "./certificate.ts";
import { malformed } from "../encoding/malformed.ts";

export const EXTENSION = Object.freeze({
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  scts: "1.3.6.1.4.1.11129.2.4.2",
  issuerV1: "1.3.6.1.4.1.57264.1.1",
  issuerV2: "1.3.6.1.4.1.57264.1.8",
});

export const PURPOSE = Object.freeze({
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  any: "2.5.29.37.0",
});

const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;

/** What is looked at here or by the caller; another critical extension may forbid just what is being done. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.subjectAlternativeName,
  EXTENSION.basicConstraints,
  EXTENSION.extendedKeyUsage,
]);

/** Checks a certificate that signs things: not a CA, for this purpose by name, and for signatures. */
export function checkLeafUsage(certificate: Certificate, purpose: string): void {
  checkCritical(certificate);
  if (basicConstraintsOf(certificate).isCa) malformed("is a certificate authority, which must not sign artifacts");
  if (!hasKeyUsage(certificate, DIGITAL_SIGNATURE)) malformed("must not be used for signatures (key usage)");
  const purposes = purposesOf(certificate);
  if (purposes?.has(purpose) !== true) malformed("is not meant for this purpose (extended key usage)");
  // RFC 3161, 2.3: a timestamping key does nothing else, so that no one can have it sign another structure.
  if (purpose === PURPOSE.timeStamping && purposes.size > 1) malformed("is meant for more than timestamps");
}

/** Checks a certificate that issues others: CA, signs certificates, long enough path, and not limited to elsewhere. */
export function checkCaUsage(certificate: Certificate, purpose: string, caCertificatesBelow: number): void {
  checkCritical(certificate);
  const { isCa, pathLength } = basicConstraintsOf(certificate);
  if (!isCa) malformed("has an issuer that is not a certificate authority");
  if (!hasKeyUsage(certificate, KEY_CERT_SIGN)) malformed("has an issuer that must not sign certificates");
  if (pathLength !== undefined && pathLength < caCertificatesBelow) malformed("has a chain longer than its CA allows");
  const purposes = purposesOf(certificate);
  if (purposes !== undefined && !purposes.has(purpose) && !purposes.has(PURPOSE.any)) {
    malformed("has an issuer that is limited to other purposes (extended key usage)");
  }
}

function checkCritical(certificate: Certificate): void {
  for (const [oid, extension] of certificate.extensions) {
    if (extension.critical && !UNDERSTOOD.has(oid)) malformed(`has the critical extension ${oid}, which is unknown`);
  }
}

interface BasicConstraints {
  readonly isCa: boolean;
  readonly pathLength?: number;
}

/** RFC 5280, 4.2.1.9. */
function basicConstraintsOf(certificate: Certificate): BasicConstraints {
  const extension = certificate.extensions.get(EXTENSION.basicConstraints);
  if (extension === undefined) return { isCa: false };
  const parts = sequenceOf(readDer(extension.value));
  const [flag, pathLength] = parts;
  const isCa = flag !== undefined && readBoolean(flag);
  if (parts.length > 2 || (pathLength !== undefined && !isCa)) malformed("has broken basic constraints");
  return pathLength === undefined ? { isCa } : { isCa, pathLength: readSmallInteger(pathLength) };
}

/** RFC 5280, 4.2.1.3; the certificates of Sigstore always carry it. */
function hasKeyUsage(certificate: Certificate, bit: number): boolean {
  const extension = certificate.extensions.get(EXTENSION.keyUsage);
  return extension !== undefined && readNamedBits(readDer(extension.value, TAG.bitString))(bit);
}

/** RFC 5280, 4.2.1.12. */
function purposesOf(certificate: Certificate): ReadonlySet<string> | undefined {
  const extension = certificate.extensions.get(EXTENSION.extendedKeyUsage);
  return extension === undefined ? undefined : new Set(sequenceOf(readDer(extension.value)).map(readOid));
}
