import { ConfigError } from "@policy-pack/pack";
import type { VerifiedBundle } from "@policy-pack/verify";

/** Who vouches for the identity of GitHub's workflows. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/**
 * Refuses a provenance whose builder is another workflow than the one that GitHub's own certificate names: the
 * environment can be set by any step, the certificate cannot. A key's signature says nothing about it.
 * @throws ConfigError SIGNING_FAILED
 */
export function builderCheck(builderId: string): (verified: Pick<VerifiedBundle, "signer">) => void {
  return ({ signer }) => {
    if (signer.kind === "key" || signer.issuer !== GITHUB_ISSUER || signer.identity === builderId) return;
    throw new ConfigError(
      "SIGNING_FAILED",
      `The provenance names the builder ${builderId}, and GitHub certified ${signer.identity}. A reusable workflow that signs is another builder: attest in the workflow that builds.`,
    );
  };
}
