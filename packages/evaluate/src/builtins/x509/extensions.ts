import { NO_NAMES } from "./alternative-names.ts";
import type { AlternativeNames } from "./alternative-names.ts";
import { EXTENSION_READERS } from "./extension-readers.ts";
import { NO_CONSTRAINTS } from "./name-constraints.ts";
import type { NameConstraints } from "./name-constraints.ts";

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** What a certificate's extensions say, as far as OPA reads them. */
export interface ExtensionValues {
  /** Nine bits, the first the lowest; 0 also without the extension. */
  readonly keyUsage: number;
  /** Undefined without the extension. `maxPathLength` is -1 when there is no limit. */
  readonly basicConstraints: { readonly isCa: boolean; readonly maxPathLength: bigint } | undefined;
  readonly names: AlternativeNames;
  readonly nameConstraints: NameConstraints;
  readonly crlDistributionPoints: readonly Buffer[];
  readonly authorityKeyId: Buffer | undefined;
  readonly subjectKeyId: Buffer | undefined;
  /** Counts of certificates; undefined where nothing is said. */
  readonly requireExplicitPolicy: bigint | undefined;
  readonly inhibitPolicyMapping: bigint | undefined;
  readonly inhibitAnyPolicy: bigint | undefined;
  readonly extendedKeyUsages: readonly bigint[];
  readonly unknownKeyUsages: readonly string[];
  /** Undefined without the extension; the identifiers as their content octets. */
  readonly policies: readonly Buffer[] | undefined;
  readonly policyMappings: readonly { readonly issuer: Buffer; readonly subject: Buffer }[];
  readonly ocspServers: readonly Buffer[];
  readonly issuingCertificateUrls: readonly Buffer[];
  /** A certificate that has any is no part of a chain. */
  readonly unhandledCritical: readonly string[];
}

const NOTHING: Omit<ExtensionValues, "unhandledCritical"> = Object.freeze({
  keyUsage: 0,
  basicConstraints: undefined,
  names: NO_NAMES,
  nameConstraints: NO_CONSTRAINTS,
  crlDistributionPoints: [],
  authorityKeyId: undefined,
  subjectKeyId: undefined,
  requireExplicitPolicy: undefined,
  inhibitPolicyMapping: undefined,
  inhibitAnyPolicy: undefined,
  extendedKeyUsages: [],
  unknownKeyUsages: [],
  policies: undefined,
  policyMappings: [],
  ocspServers: [],
  issuingCertificateUrls: [],
});

/**
 * Reads the extensions in their order.
 *
 * @throws BuiltinError for one that is malformed, or critical where it must not be
 * @see RFC 5280, section 4.2
 */
export function readExtensions(extensions: readonly Extension[]): ExtensionValues {
  const values = { ...NOTHING };
  const unhandledCritical: string[] = [];
  for (const { oid, critical, value } of extensions) {
    const read = EXTENSION_READERS[oid]?.(value, critical);
    Object.assign(values, read);
    if (critical && (read === undefined || isNotUnderstood(read))) unhandledCritical.push(oid);
  }
  return { ...values, unhandledCritical };
}

/** Names, or constraints on names, of kinds that are not looked at. */
function isNotUnderstood({ names, nameConstraints }: Partial<ExtensionValues>): boolean {
  if (nameConstraints !== undefined) return nameConstraints.permitted.hasUnknown || nameConstraints.excluded.hasUnknown;
  return names !== undefined && Object.values(names).every((list: readonly unknown[]) => list.length === 0);
}
