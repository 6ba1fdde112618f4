import { PREDICATE_TYPES } from "@policy-pack/pack";
import type { PackManifest } from "@policy-pack/pack";

export interface Release {
  /** The pack's id, which its files are named by. */
  readonly name: string;
  readonly manifest: PackManifest;
  /** Who signed: the certificate's name and who vouched for it. */
  readonly identity: string;
  readonly issuer: string;
  /** Each attestation's Sigstore bundle, as one line of JSON. */
  readonly statements: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const LOCAL_BUILDER = "urn:policy-pack:builder:local:v1";

/**
 * What a verifier should demand of this release: its signer, its provenance and tests, the revision that it says it is,
 * a bill of materials, and a decision diff from the revision before when one was signed.
 */
export function toPolicy(release: Release): object {
  const { manifest, identity, issuer } = release;
  const revision = [{ pointer: "/revision", equals: manifest.revision }];
  return {
    packId: manifest.packId,
    minimumRevision: manifest.revision,
    trustedRoots: { release: { file: "trusted_root.json" } },
    signers: [
      { name: "release", trustedRoot: "release", certificateIdentity: identity, certificateOidcIssuer: issuer },
    ],
    attestations: [
      { predicateType: PREDICATE_TYPES.slsaProvenance, provenance: toProvenance(release) },
      { predicateType: PREDICATE_TYPES.testResult, constraints: [{ pointer: "/result", equals: "PASSED" }] },
      { predicateType: PREDICATE_TYPES.release, constraints: revision },
      { predicateType: PREDICATE_TYPES.cyclonedx },
      ...(hasDecisionDiff(release)
        ? [{ predicateType: PREDICATE_TYPES.decisionDiff, decisionDiff: fromPrevious(release) }]
        : []),
    ],
  };
}

export function hasDecisionDiff({ statements }: Release): boolean {
  return statements.some((line) => {
    const { dsseEnvelope } = JSON.parse(line) as { dsseEnvelope?: { payload?: string } };
    const payload = Buffer.from(dsseEnvelope?.payload ?? "", "base64").toString();
    return (JSON.parse(payload) as { predicateType?: string }).predicateType === PREDICATE_TYPES.decisionDiff;
  });
}

function toProvenance({ identity, env }: Release): object {
  const { GITHUB_ACTIONS, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_REF } = env;
  if (GITHUB_ACTIONS !== "true") return { builderId: LOCAL_BUILDER };
  return { builderId: identity, sourceRepository: `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`, sourceRef: GITHUB_REF };
}

function fromPrevious({ manifest }: Release): object {
  return manifest.previousDigest === null ? {} : { from: manifest.previousDigest };
}
