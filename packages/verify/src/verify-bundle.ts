import type { Digest } from "@policy-pack/pack";
import type { SigstoreBundle } from "./bundle/bundle.ts";
import { digestOfArtifact, toAbout } from "./bundle/signed-content.ts";
import type { Artifact } from "./bundle/signed-content.ts";
import type { Statement } from "./bundle/statement.ts";
import type { PublicKey } from "./keys/public-key.ts";
import type { VerifiedLogEntry } from "./log/log-entries.ts";
import { proveBundle } from "./proof/prove-bundle.ts";
import type { Signer } from "./proof/signer.ts";
import { StepLog } from "./report/step-log.ts";
import type { SigningTime } from "./time/timestamps.ts";
import type { TrustedRoot } from "./trusted-root.ts";

export type { Signer } from "./proof/signer.ts";

/** What a bundle proves about an artifact. */
export interface VerifiedBundle {
  readonly digest: Digest;
  readonly signer: Signer;
  /** The in-toto statement that was signed; undefined for a signature over the artifact itself. */
  readonly statement: Statement | undefined;
  readonly times: readonly SigningTime[];
  readonly logEntries: readonly VerifiedLogEntry[];
}

export interface VerifyBundleOptions {
  /** The key that must have signed; without it only certificates are accepted. */
  readonly publicKey?: PublicKey;
  /** In how many distinct transparency logs it must stand; default 1 with a certificate, 0 with a key. */
  readonly minimumLogEntries?: number;
  /** How many distinct timestamp authorities must have stamped it; default 0. */
  readonly minimumTimestamps?: number;
}

/**
 * Proves that a bundle signs this artifact, under the trusted root, in the order in which one thing rests on another:
 * content, key, timestamps, log entries, certificate path, certificate transparency, signature. A certificate needs a
 * proven time and, unless said otherwise, a log entry; a key given by the caller needs neither, but whatever log entry the
 * bundle brings must hold.
 *
 * It does not say whether the signer is one that should be believed: compare `signer`, or use `verifyArtifact`.
 * @throws VerificationError with the code of the step that failed
 * @throws TrustError KEY_MISMATCH, LOG_ENTRY_MISSING, TIMESTAMP_MISSING
 * @throws FormatError INPUT_INVALID for a message by Ed25519, or through another hash than SHA-256, of which only the digest is given
 */
export function verifyBundle(
  bundle: SigstoreBundle,
  artifact: Artifact,
  trustedRoot: TrustedRoot,
  options: VerifyBundleOptions = {},
): VerifiedBundle {
  const digest = digestOfArtifact(artifact);
  const proof = proveBundle(bundle, toAbout(artifact, digest), trustedRoot, options, new StepLog());
  const { signer, statement, times, logEntries } = proof;
  return { digest, signer, statement, times, logEntries };
}
