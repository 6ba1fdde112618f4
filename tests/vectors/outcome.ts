import { digestOf, PolicyPackError } from "@policy-pack/pack";
import type { SigstoreVector } from "@policy-pack/testkit";
import { toVerificationPolicy, verifyArtifact } from "@policy-pack/verify";
import type { Artifact } from "@policy-pack/verify";

/** What a call led to: "accepted", or the code of its rejection. Anything thrown that has no code is thrown on. */
export function outcomeOf(call: () => unknown): string {
  try {
    call();
    return "accepted";
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return thrown.code;
    throw thrown;
  }
}

/** What the library says of a case, under the policy that the command's flags would make. */
export function outcomeOfVector(vector: SigstoreVector, artifact: Artifact): string {
  const { bundle, trustedRoot, key, identity, issuer } = vector;
  const flags = key === undefined ? { certificateIdentity: identity, certificateOidcIssuer: issuer } : { key };
  return outcomeOf(() => verifyArtifact({ artifact, bundle, trustedRoot, policy: toVerificationPolicy(flags) }));
}

/** The artifact's bytes, and its digest alone. */
export function artifactsOf(vector: Pick<SigstoreVector, "artifact">): readonly [Artifact, Artifact] {
  return [{ bytes: vector.artifact }, { digest: digestOf(vector.artifact) }];
}
