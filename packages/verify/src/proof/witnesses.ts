import { TrustError } from "@policy-pack/pack";
import type { CertificateAuthority, LogAuthority } from "../trusted-root.ts";
import { groupByTags } from "./distinct.ts";

/** How many independent witnesses a signature needs. */
export interface WitnessMinima {
  /** Distinct transparency logs; default 1 for a certificate, 0 for a key. */
  readonly minimumLogEntries?: number | undefined;
  /** Distinct timestamp authorities; default 0. */
  readonly minimumTimestamps?: number | undefined;
}

/**
 * How many distinct logs: the same key or address is the same one, since a root lists a log once for each key it had. So is
 * the same operator (sigstore_trustroot.proto, TransparencyLogInstance.operator): the shards of one log vouch for nothing twice.
 */
export function countLogs(logs: readonly LogAuthority[]): number {
  const tags = logs.map((log) => [`key ${log.publicKey.hint}`, ...addressTag(log.name), ...operatorTag(log)]);
  return groupByTags(tags).length;
}

/** How many distinct timestamp authorities: the same key, address, anchor or operator is the same one. */
export function countAuthorities(authorities: readonly CertificateAuthority[]): number {
  const tags = authorities.map((authority) => [
    ...[authority.certificates[0], authority.certificates.at(-1)].map((end) => `key ${end?.publicKey.hint ?? ""}`),
    ...addressTag(authority.name),
    ...operatorTag(authority),
  ]);
  return groupByTags(tags).length;
}

/**
 * One log is one however many entries it gave.
 * @throws TrustError LOG_ENTRY_MISSING
 */
export function checkLogCount(logs: readonly LogAuthority[], minimum: number): void {
  const count = countLogs(logs);
  if (count >= minimum) return;
  throw new TrustError(
    "LOG_ENTRY_MISSING",
    `The signature stands in ${count} distinct transparency log(s), ${minimum} are demanded; sign it with a log.`,
  );
}

/**
 * One authority is one however many tokens it gave.
 * @throws TrustError TIMESTAMP_MISSING
 */
export function checkTimestampCount(authorities: readonly CertificateAuthority[], minimum: number): void {
  const count = countAuthorities(authorities);
  if (count >= minimum) return;
  throw new TrustError(
    "TIMESTAMP_MISSING",
    `The signature is stamped by ${count} distinct timestamp authority(ies), ${minimum} are demanded; stamp it by more.`,
  );
}

function addressTag(name: string): readonly string[] {
  return name === "" ? [] : [`address ${name.toLowerCase().replace(/\/+$/, "")}`];
}

function operatorTag({ operator = "" }: { readonly operator?: string | undefined }): readonly string[] {
  return operator === "" ? [] : [`operator ${operator.toLowerCase()}`];
}
