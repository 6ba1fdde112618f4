import { BuiltinError } from "../builtin.ts";
import { parseAlternativeNames } from "./alternative-names.ts";
import { contextTag, DerReader, explicitTag, TAG } from "./der.ts";
import type { ExtensionValues } from "./extensions.ts";
import { extendedKeyUsageNumber } from "./key-usages.ts";
import { parseNameConstraints } from "./name-constraints.ts";
import { isPolicyOid } from "./policy-oid.ts";

/** What one extension says; the identifiers are those of RFC 5280. */
type ExtensionReader = (value: Buffer, critical: boolean) => Partial<ExtensionValues>;

const MAX_INT64 = 2n ** 63n - 1n;
const OCSP = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
const USAGE_BITS = 9;

export const EXTENSION_READERS: Readonly<Record<string, ExtensionReader>> = {
  "1.3.6.1.5.5.7.1.1": readAuthorityInfo,
  "2.5.29.14": readSubjectKeyId,
  "2.5.29.15": readKeyUsage,
  "2.5.29.17": (value) => ({ names: parseAlternativeNames(value) }),
  "2.5.29.19": readBasicConstraints,
  "2.5.29.30": (value, critical) => ({ nameConstraints: parseNameConstraints(value, critical) }),
  "2.5.29.31": readDistributionPoints,
  "2.5.29.32": readPolicies,
  "2.5.29.33": readPolicyMappings,
  "2.5.29.35": readAuthorityKeyId,
  "2.5.29.36": readPolicyConstraints,
  "2.5.29.37": readExtendedKeyUsages,
  "2.5.29.54": (value) => ({ inhibitAnyPolicy: new DerReader(value, "inhibit any policy").readInt64() }),
};

function readKeyUsage(value: Buffer): Partial<ExtensionValues> {
  const { bytes } = new DerReader(value, "key usage").readBitString();
  let keyUsage = 0;
  for (let bit = 0; bit < USAGE_BITS; bit++) {
    if ((((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1) keyUsage |= 1 << bit;
  }
  return { keyUsage };
}

function readBasicConstraints(value: Buffer): Partial<ExtensionValues> {
  const reader = new DerReader(value, "basic constraints").enter(TAG.sequence);
  const isCa = reader.peek(TAG.boolean) && reader.readBoolean();
  if (!reader.peek(TAG.integer)) return { basicConstraints: { isCa, maxPathLength: -1n } };
  const maxPathLength = reader.readInteger();
  if (maxPathLength < 0n || maxPathLength > MAX_INT64) throw reader.malformed();
  return { basicConstraints: { isCa, maxPathLength } };
}

function readDistributionPoints(value: Buffer): Partial<ExtensionValues> {
  const crlDistributionPoints: Buffer[] = [];
  const points = new DerReader(value, "CRL distribution points").enter(TAG.sequence);
  while (!points.isEmpty) {
    const name = points.enter(TAG.sequence).readOptional(explicitTag(0));
    if (name === undefined) continue;
    const names = new DerReader(name, "CRL distribution point").enter(explicitTag(0));
    while (names.peek(contextTag(6))) crlDistributionPoints.push(names.read(contextTag(6)));
  }
  return { crlDistributionPoints };
}

function readAuthorityKeyId(value: Buffer, critical: boolean): Partial<ExtensionValues> {
  if (critical) throw mustNotBeCritical("authority key identifier");
  const reader = new DerReader(value, "authority key identifier").enter(TAG.sequence);
  return { authorityKeyId: reader.readOptional(contextTag(0)) };
}

function readSubjectKeyId(value: Buffer, critical: boolean): Partial<ExtensionValues> {
  if (critical) throw mustNotBeCritical("subject key identifier");
  return { subjectKeyId: new DerReader(value, "subject key identifier").read(TAG.octetString) };
}

function readPolicyConstraints(value: Buffer): Partial<ExtensionValues> {
  const reader = new DerReader(value, "policy constraints").enter(TAG.sequence);
  const requireExplicitPolicy = reader.peek(contextTag(0)) ? reader.readInt64(contextTag(0)) : undefined;
  const inhibitPolicyMapping = reader.peek(contextTag(1)) ? reader.readInt64(contextTag(1)) : undefined;
  return { requireExplicitPolicy, inhibitPolicyMapping };
}

function readExtendedKeyUsages(value: Buffer): Partial<ExtensionValues> {
  const extendedKeyUsages: bigint[] = [];
  const unknownKeyUsages: string[] = [];
  const reader = new DerReader(value, "extended key usages").enter(TAG.sequence);
  while (!reader.isEmpty) {
    const oid = reader.readOid();
    const usage = extendedKeyUsageNumber(oid);
    if (usage === undefined) unknownKeyUsages.push(oid);
    else extendedKeyUsages.push(usage);
  }
  return { extendedKeyUsages, unknownKeyUsages };
}

function readPolicies(value: Buffer): Partial<ExtensionValues> {
  const policies: Buffer[] = [];
  const seen = new Set<string>();
  const reader = new DerReader(value, "certificate policies").enter(TAG.sequence);
  while (!reader.isEmpty) {
    const oid = reader.enter(TAG.sequence).read(TAG.oid);
    const key = oid.toString("latin1");
    if (seen.has(key) || !isPolicyOid(oid)) throw reader.malformed();
    seen.add(key);
    policies.push(oid);
  }
  return { policies };
}

function readPolicyMappings(value: Buffer): Partial<ExtensionValues> {
  const policyMappings: { issuer: Buffer; subject: Buffer }[] = [];
  const reader = new DerReader(value, "policy mappings").enter(TAG.sequence);
  while (!reader.isEmpty) {
    const mapping = reader.enter(TAG.sequence);
    policyMappings.push({ issuer: mapping.read(TAG.oid), subject: mapping.read(TAG.oid) });
  }
  return { policyMappings };
}

function readAuthorityInfo(value: Buffer, critical: boolean): Partial<ExtensionValues> {
  if (critical) throw mustNotBeCritical("authority info access");
  const [ocspServers, issuingCertificateUrls]: [Buffer[], Buffer[]] = [[], []];
  const reader = new DerReader(value, "authority info access").enter(TAG.sequence);
  while (!reader.isEmpty) {
    const description = reader.enter(TAG.sequence);
    const method = description.readOid();
    const location = description.readOptional(contextTag(6));
    if (location === undefined) continue;
    if (method === OCSP) ocspServers.push(location);
    if (method === CA_ISSUERS) issuingCertificateUrls.push(location);
  }
  return { ocspServers, issuingCertificateUrls };
}

function mustNotBeCritical(what: string): BuiltinError {
  return new BuiltinError(`x509: ${what} incorrectly marked critical`);
}
