import type { PolicyPackError } from "@policy-pack/pack";
import { assess } from "./assessment/assess.ts";
import type { Assessment } from "./assessment/assess.ts";
import type { Acceptance } from "./assessment/bundle-assessment.ts";
import { readInputs } from "./assessment/inputs.ts";
import { acceptancesOf } from "./assessment/signer-count.ts";
import type { Signer } from "./proof/signer.ts";
import { firstFailure, toReport } from "./report/to-report.ts";
import type { VerificationReport } from "./report/verification-report.ts";
import type { VerifiedBundle } from "./verify-bundle.ts";
import type { SeenVersions, VerifyArtifactOptions } from "./verify-options.ts";

/** What was proven about an artifact. As a `VerifiedBundle` it is the first bundle that the policy accepts. */
export interface VerifiedArtifact extends VerifiedBundle {
  /** Everyone whose signature of the artifact the policy accepts; each once. */
  readonly signers: readonly Signer[];
  /** Every bundle that the policy accepts, signatures and attestations, in the order in which they were given. */
  readonly bundles: readonly VerifiedBundle[];
  /** Those among them that meet a demand for an attestation. */
  readonly attestations: readonly VerifiedBundle[];
  /** The versions of the lists that were believed: keep them, and hand them in as `seen` the next time. */
  readonly seen: SeenVersions;
  readonly report: VerificationReport;
}

/**
 * Proves that an artifact is what the policy demands: signed by enough distinct signers of its, attested, neither denied nor
 * paused. `minimumRevision` and `packId` of the policy are about packs and are not looked at here, nor are entries of a
 * denylist that name revisions: see `verifyPack`.
 * @throws TypeError for a missing or wrong argument
 * @throws ConfigError CONFIG_INVALID
 * @throws FormatError BUNDLE_INVALID, TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED, INPUT_INVALID, METADATA_INVALID
 * @throws VerificationError with the code of the step that failed
 * @throws TrustError IDENTITY_MISMATCH, KEY_MISMATCH, SIGNING_TIME_REJECTED, LOG_ENTRY_MISSING, TIMESTAMP_MISSING,
 *   THRESHOLD_NOT_MET, PREDICATE_MISSING, PREDICATE_REJECTED, DENYLISTED, PAUSED, METADATA_MISSING, METADATA_EXPIRED,
 *   METADATA_ROLLBACK: that of the first demand that is not met, or of the bundle that came nearest to meeting it
 */
export function verifyArtifact(options: VerifyArtifactOptions): VerifiedArtifact {
  const assessment = assess(readInputs(options, options.artifact), undefined);
  const failure = errorOf(assessment);
  if (failure !== undefined) throw failure;
  return toVerifiedArtifact(assessment);
}

/**
 * Makes the checks of `verifyArtifact` and tells all that they saw, whether they hold or not: look at `verified`.
 * @throws TypeError, ConfigError CONFIG_INVALID, FormatError TRUSTED_ROOT_INVALID, INPUT_INVALID and LIMIT_EXCEEDED for what
 *   the caller answers for (policy, trusted root, time, the artifact's digest); never for a bundle or a list
 */
export function assessArtifact(options: VerifyArtifactOptions): VerificationReport {
  return toReport(assess(readInputs(options, options.artifact), undefined));
}

/** The error of the first demand that is not met. */
export function errorOf(assessment: Assessment): PolicyPackError | undefined {
  return firstFailure(assessment)?.error;
}

/** What an assessment without a failure proves. */
export function toVerifiedArtifact(assessment: Assessment): VerifiedArtifact {
  const { inputs, bundles, denylist, pause } = assessment;
  const { signers, attestations } = inputs.compiled;
  const met = bundles.map(({ acceptances }) => acceptances.filter(({ unmet }) => unmet === undefined));
  const accepted = met.flatMap((acceptances) => acceptances.slice(0, 1));
  const signing = signers === undefined ? [] : acceptancesOf(bundles, signers);
  const attesting = met.flatMap((acceptances) =>
    acceptances.filter(({ quorum }) => attestations.some((wanted) => wanted === quorum)).slice(0, 1),
  );
  const [first] = signing.length > 0 ? signing : accepted;
  if (first === undefined) throw new TypeError("Nothing was proven.");
  const toBundle = ({ proof }: Acceptance): VerifiedBundle => {
    const { signer, statement, times, logEntries } = proof;
    return { digest: inputs.digest, signer, statement, times, logEntries };
  };
  const denylistVersion = denylist?.documents[0]?.version;
  const pauseVersion = pause?.documents[0]?.version;
  return {
    ...toBundle(first),
    signers: distinctSigners(signing),
    bundles: accepted.map(toBundle),
    attestations: attesting.map(toBundle),
    seen: {
      ...(denylistVersion === undefined ? {} : { denylistVersion }),
      ...(pauseVersion === undefined ? {} : { pauseVersion }),
    },
    report: toReport(assessment),
  };
}

function distinctSigners(acceptances: readonly Acceptance[]): readonly Signer[] {
  const signers = new Map(acceptances.map(({ proof: { signer } }) => [JSON.stringify(signer), signer]));
  return Object.freeze([...signers.values()]);
}
