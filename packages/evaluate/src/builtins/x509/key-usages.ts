/** The purposes of OPA's option `KeyUsages` by name, with their identifiers; their order gives Go's numbers. */
const USAGES = [
  ["KeyUsageAny", "2.5.29.37.0"],
  ["KeyUsageServerAuth", "1.3.6.1.5.5.7.3.1"],
  ["KeyUsageClientAuth", "1.3.6.1.5.5.7.3.2"],
  ["KeyUsageCodeSigning", "1.3.6.1.5.5.7.3.3"],
  ["KeyUsageEmailProtection", "1.3.6.1.5.5.7.3.4"],
  ["KeyUsageIPSECEndSystem", "1.3.6.1.5.5.7.3.5"],
  ["KeyUsageIPSECTunnel", "1.3.6.1.5.5.7.3.6"],
  ["KeyUsageIPSECUser", "1.3.6.1.5.5.7.3.7"],
  ["KeyUsageTimeStamping", "1.3.6.1.5.5.7.3.8"],
  ["KeyUsageOCSPSigning", "1.3.6.1.5.5.7.3.9"],
  ["KeyUsageMicrosoftServerGatedCrypto", "1.3.6.1.4.1.311.10.3.3"],
  ["KeyUsageNetscapeServerGatedCrypto", "2.16.840.1.113730.4.1"],
  ["KeyUsageMicrosoftCommercialCodeSigning", "1.3.6.1.4.1.311.2.1.22"],
  ["KeyUsageMicrosoftKernelCodeSigning", "1.3.6.1.4.1.311.61.1.1"],
] as const;

export const ANY_USAGE = 0n;
export const SERVER_AUTH = 1n;

/** KeyUsageCertSign among the bits of a key's usage. */
export const CERTIFICATE_SIGN = 1 << 5;

const BY_OID: ReadonlyMap<string, bigint> = new Map(USAGES.map(([, oid], index) => [oid, BigInt(index)]));
const BY_NAME: ReadonlyMap<string, bigint> = new Map(USAGES.map(([name], index) => [name, BigInt(index)]));

export function extendedKeyUsageNumber(oid: string): bigint | undefined {
  return BY_OID.get(oid);
}

export function namedKeyUsage(name: string): bigint | undefined {
  return BY_NAME.get(name);
}
