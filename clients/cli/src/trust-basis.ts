import type { BundleReport, VerificationReport } from "@policy-pack/verify";

/** How answers call it that nothing of the trusted root was used. */
export const KEY_ALONE = "none: the key alone";

/**
 * What the answer rests on: the trusted root, unless only signatures by keys were looked at, without a log entry or a
 * timestamp that it could have proven.
 * @param source where the trusted root comes from
 */
export function basisOf({ verified, bundles, denylist, pause }: VerificationReport, source: string): string {
  const all = [...bundles, ...(denylist?.bundles ?? []), ...(pause?.bundles ?? [])];
  const counted = verified ? all.filter(({ outcome }) => outcome === "accepted") : all;
  return counted.length > 0 && counted.every(isKeyAlone) ? KEY_ALONE : source;
}

function isKeyAlone({ signer, logEntries, times }: BundleReport): boolean {
  return signer?.kind === "key" && logEntries.length === 0 && times.length === 0;
}
