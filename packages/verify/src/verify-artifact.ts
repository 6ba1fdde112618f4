import { parseBundle } from "./bundle/bundle.ts";
import type { SigstoreBundle } from "./bundle/bundle.ts";
import { firstOf } from "./encoding/malformed.ts";
import { candidateKeys, checkSigner } from "./policy/signer-rules.ts";
import type { Artifact } from "./bundle/signed-content.ts";
import { parseTrustedRoot } from "./trusted-root.ts";
import type { TrustedRoot } from "./trusted-root.ts";
import { parseVerificationPolicy } from "./policy/verification-policy.ts";
import type { VerificationPolicy } from "./policy/verification-policy.ts";
import { verifyBundle } from "./verify-bundle.ts";
import type { VerifiedBundle } from "./verify-bundle.ts";

export interface VerifyArtifactOptions {
  readonly artifact: Artifact;
  /** JSON of the Sigstore bundle. */
  readonly bundle: string | Uint8Array;
  /** JSON of the trusted root, or one that was read before. */
  readonly trustedRoot: string | Uint8Array | TrustedRoot;
  readonly policy: VerificationPolicy;
}

/**
 * Proves that a signer of the policy signed the artifact. `minimumRevision` and `packId` of the policy are about packs and
 * are not looked at here: see `verifyPack`. What a statement says about the artifact is returned, and judged by the caller.
 * @throws ConfigError CONFIG_INVALID
 * @throws FormatError BUNDLE_INVALID, TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED, INPUT_INVALID
 * @throws VerificationError with the code of the step that failed
 * @throws TrustError IDENTITY_MISMATCH, KEY_MISMATCH
 */
export function verifyArtifact(options: VerifyArtifactOptions): VerifiedBundle {
  const { artifact } = options;
  // Checked again even when it was made by hand: an under-specified policy must not depend on who called.
  const policy = parseVerificationPolicy(options.policy);
  const bundle = parseBundle(options.bundle);
  const trustedRoot = isText(options.trustedRoot) ? parseTrustedRoot(options.trustedRoot) : options.trustedRoot;
  const verified = verifyWithPolicyKeys(bundle, artifact, trustedRoot, policy);
  checkSigner(verified.signer, policy);
  return verified;
}

/** A bundle may leave out which key signed it; then each of the policy's keys is tried. */
function verifyWithPolicyKeys(
  bundle: SigstoreBundle,
  artifact: Artifact,
  trustedRoot: TrustedRoot,
  policy: VerificationPolicy,
): VerifiedBundle {
  const keys = candidateKeys(bundle, policy);
  if (keys.length === 0) return verifyBundle(bundle, artifact, trustedRoot);
  return firstOf(keys, (publicKey) => verifyBundle(bundle, artifact, trustedRoot, { publicKey }), "has no key to try");
}

function isText(source: string | Uint8Array | TrustedRoot): source is string | Uint8Array {
  return typeof source === "string" || source instanceof Uint8Array;
}
