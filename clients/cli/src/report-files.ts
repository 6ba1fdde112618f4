import type { BundleReport, ListReport, VerificationReport } from "@policy-pack/verify";
import { everyBundle } from "./trust-basis.ts";

/** The names of what was read, each in the order in which verification was given it. */
export interface EvidenceFiles {
  readonly bundles: readonly string[];
  readonly denylist?: readonly string[];
  readonly pause?: readonly string[];
}

/** The report with the file of each bundle, which verification, reading none, cannot know. */
export function withFiles(report: VerificationReport, files: EvidenceFiles): VerificationReport {
  const { denylist, pause } = report;
  return {
    ...report,
    bundles: nameEach(report.bundles, files.bundles),
    ...(denylist === undefined ? {} : { denylist: nameList(denylist, files.denylist) }),
    ...(pause === undefined ? {} : { pause: nameList(pause, files.pause) }),
  };
}

function nameList(list: ListReport, files: readonly string[] = []): ListReport {
  return { ...list, bundles: nameEach(list.bundles, files) };
}

function nameEach(bundles: readonly BundleReport[], files: readonly string[]): readonly BundleReport[] {
  return bundles.map((bundle) => {
    const { index, ...facts } = bundle;
    const file = files[index];
    return file === undefined ? bundle : { index, file, ...facts };
  });
}

/** What failed, and in which file, when that could not be read: otherwise nothing else would tell it from the others. */
export function failureMessage(report: VerificationReport): string {
  const message = report.failure?.message ?? "It is not verified.";
  const unread = everyBundle(report).find(({ steps }) =>
    steps.some(({ step, outcome, saw }) => step === "parse bundle" && outcome === "failed" && saw === message),
  );
  return unread?.file === undefined ? message : `${unread.file}: ${message}`;
}
