import type { BundleReport, VerificationReport } from "@policy-pack/verify";

/** How answers call it that nothing of the trusted root was used. */
export const KEY_ALONE = "none: the key alone";

/**
 * What the answer rests on: the trusted root, unless only signatures by keys were looked at, without a log entry or a
 * timestamp that it could have proven.
 * @param source where the trusted root comes from
 */
export function basisOf(report: VerificationReport, source: string): string {
  const all = everyBundle(report);
  const counted = report.verified ? all.filter(({ outcome }) => outcome === "accepted") : all;
  return counted.length > 0 && counted.every(isKeyAlone) ? KEY_ALONE : source;
}

/** Whether any bundle got as far as what the trusted root, or the key alone, had to prove. */
export function reachedBasis(report: VerificationReport): boolean {
  return everyBundle(report).some(({ signer, steps }) => {
    const reached = steps.find(({ step }) => step === "timestamps");
    return signer !== undefined || (reached !== undefined && reached.outcome !== "skipped");
  });
}

/** Those of the file, and those of the lists. */
export function everyBundle({ bundles, denylist, pause }: VerificationReport): readonly BundleReport[] {
  return [...bundles, ...(denylist?.bundles ?? []), ...(pause?.bundles ?? [])];
}

function isKeyAlone({ signer, logEntries, times }: BundleReport): boolean {
  return signer?.kind === "key" && logEntries.length === 0 && times.length === 0;
}
