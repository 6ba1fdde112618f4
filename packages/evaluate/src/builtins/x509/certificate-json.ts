import type { RegoValue } from "../../values/values.ts";
import { RegoObject } from "../../values/values.ts";
import { textOf } from "../encoding/go-text.ts";
import { printAlternativeNames } from "./alternative-names.ts";
import type { Certificate } from "./certificate.ts";
import type { Extension, ExtensionValues } from "./extensions.ts";
import { printTime } from "./go-time.ts";
import { bytesOf, listOf, oidNumbers, optionalBytesOf, structOf } from "./json-value.ts";
import { printName } from "./name.ts";
import { printNameConstraints } from "./name-constraints.ts";
import { printPolicyOid, smallPolicyOid } from "./policy-oid.ts";
import { printPublicKey } from "./public-key.ts";

/**
 * A certificate as Go prints its `x509.Certificate` in JSON, field by field.
 *
 * @throws BuiltinError for a time that Go does not print
 * @see https://pkg.go.dev/crypto/x509#Certificate
 */
export function printCertificate(certificate: Certificate): RegoObject {
  const { values, issuer, subject, subjectKey } = certificate;
  return structOf({
    Raw: bytesOf(certificate.raw),
    RawTBSCertificate: bytesOf(certificate.rawTbs),
    RawSubjectPublicKeyInfo: bytesOf(subjectKey.raw),
    RawSubject: bytesOf(subject.raw),
    RawIssuer: bytesOf(issuer.raw),
    Signature: bytesOf(certificate.signature),
    SignatureAlgorithm: certificate.signatureAlgorithm.number,
    PublicKeyAlgorithm: subjectKey.algorithm,
    PublicKey: printPublicKey(subjectKey.key),
    Version: BigInt(certificate.version),
    SerialNumber: certificate.serialNumber,
    Issuer: printName(issuer.attributes),
    Subject: printName(subject.attributes),
    NotBefore: printTime(certificate.notBefore),
    NotAfter: printTime(certificate.notAfter),
    Extensions: listOf(certificate.extensions, printExtension),
    ExtraExtensions: null,
    ...printValues(values),
    ...printAlternativeNames(values.names),
    ...printNameConstraints(values.nameConstraints),
    ...printPolicies(values),
  });
}

/** The same with the field that OPA adds: the texts of the URIs. */
export function printExtendedCertificate(certificate: Certificate): RegoObject {
  const { uris } = certificate.values.names;
  const { entries } = printCertificate(certificate);
  return new RegoObject([...entries, ["URIStrings", listOf(uris, ({ text }) => text)]]);
}

export function printExtension({ oid, critical, value }: Extension): RegoValue {
  return structOf({ Id: oidNumbers(oid), Critical: critical, Value: bytesOf(value) });
}

function printValues(values: ExtensionValues): Readonly<Record<string, RegoValue>> {
  const { basicConstraints } = values;
  return {
    KeyUsage: BigInt(values.keyUsage),
    UnhandledCriticalExtensions: listOf(values.unhandledCritical, oidNumbers),
    ExtKeyUsage: listOf(values.extendedKeyUsages, (usage) => usage),
    UnknownExtKeyUsage: listOf(values.unknownKeyUsages, oidNumbers),
    BasicConstraintsValid: basicConstraints !== undefined,
    IsCA: basicConstraints?.isCa ?? false,
    MaxPathLen: basicConstraints?.maxPathLength ?? 0n,
    MaxPathLenZero: basicConstraints?.maxPathLength === 0n,
    SubjectKeyId: optionalBytesOf(values.subjectKeyId),
    AuthorityKeyId: optionalBytesOf(values.authorityKeyId),
    OCSPServer: listOf(values.ocspServers, textOf),
    IssuingCertificateURL: listOf(values.issuingCertificateUrls, textOf),
    CRLDistributionPoints: listOf(values.crlDistributionPoints, textOf),
  };
}

function printPolicies(values: ExtensionValues): Readonly<Record<string, RegoValue>> {
  const { policies, policyMappings, inhibitAnyPolicy, inhibitPolicyMapping, requireExplicitPolicy } = values;
  return {
    PolicyIdentifiers: policies?.flatMap((oid) => smallNumbers(oid)) ?? null,
    Policies: listOf(policies ?? [], printPolicyOid),
    InhibitAnyPolicy: inhibitAnyPolicy ?? 0n,
    InhibitAnyPolicyZero: inhibitAnyPolicy === 0n,
    InhibitPolicyMapping: inhibitPolicyMapping ?? 0n,
    InhibitPolicyMappingZero: inhibitPolicyMapping === 0n,
    RequireExplicitPolicy: requireExplicitPolicy ?? 0n,
    RequireExplicitPolicyZero: requireExplicitPolicy === 0n,
    PolicyMappings: listOf(policyMappings, ({ issuer, subject }) =>
      structOf({ IssuerDomainPolicy: printPolicyOid(issuer), SubjectDomainPolicy: printPolicyOid(subject) }),
    ),
  };
}

function smallNumbers(oid: Buffer): bigint[][] {
  const small = smallPolicyOid(oid);
  return small === undefined ? [] : [oidNumbers(small)];
}
