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
 * One log is one however many entries it gave: the same key or the same address is the same log, since a trusted root lists
 * a log once for each key that it had.
 * @throws TrustError LOG_ENTRY_MISSING
 */
export function checkLogCount(logs: readonly LogAuthority[], minimum: number): void {
  const count = groupByTags(logs.map(({ name, publicKey }) => [`key ${publicKey.hint}`, ...addressTag(name)])).length;
  if (count >= minimum) return;
  throw new TrustError(
    "LOG_ENTRY_MISSING",
    `The signature stands in ${count} distinct transparency log(s), ${minimum} are demanded; sign it with a log.`,
  );
}

/**
 * One authority is one however many tokens it gave: the same key, address or anchor is the same authority.
 * @throws TrustError TIMESTAMP_MISSING
 */
export function checkTimestampCount(authorities: readonly CertificateAuthority[], minimum: number): void {
  const count = groupByTags(
    authorities.map(({ name, certificates }) => [
      ...[certificates[0], certificates.at(-1)].map((end) => `key ${end?.publicKey.hint ?? ""}`),
      ...addressTag(name),
    ]),
  ).length;
  if (count >= minimum) return;
  throw new TrustError(
    "TIMESTAMP_MISSING",
    `The signature is stamped by ${count} distinct timestamp authority(ies), ${minimum} are demanded; stamp it by more.`,
  );
}

function addressTag(name: string): readonly string[] {
  return name === "" ? [] : [`address ${name.toLowerCase().replace(/\/+$/, "")}`];
}
