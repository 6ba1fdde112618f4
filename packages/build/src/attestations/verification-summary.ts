import type { Digest, JsonObject } from "@policy-pack/pack";
import { sha256Set, toDescriptor } from "./resource.ts";

/** The version of SLSA whose terms a summary uses. */
const SLSA_VERSION = "1.0";

/** A document that took part in a verification. */
export interface InputDocument {
  readonly name: string;
  readonly digest: Digest;
}

export interface VerificationSummary {
  /** An absolute URI that says who verified. That it is them, the signature has to say. */
  readonly verifierId: string;
  /** By name. */
  readonly versions: JsonObject;
  readonly timeVerified: Date;
  /** What was verified, as its users ask for it. */
  readonly resourceUri: string;
  readonly policy: { readonly uri: string; readonly digest?: Digest };
  /** All bundles and lists that were looked at. */
  readonly inputs: readonly InputDocument[];
  readonly outcome: Passed | Failed;
}

export interface Passed {
  readonly result: "PASSED";
  /** At most one of each track; `SLSA_…` only as SLSA defines it. */
  readonly levels: readonly string[];
}

export interface Failed {
  readonly result: "FAILED";
  readonly code: string;
}

/**
 * The predicate of a verification summary: what was verified, against which policy, with which attestations, and how it
 * ended. `failure` is a field of ours and stands only beside FAILED.
 * Source: SLSA v1.0, "Verification Summary Attestation (VSA)".
 */
export function toVerificationSummary(summary: VerificationSummary): JsonObject {
  const { verifierId, versions, timeVerified, resourceUri, policy, inputs, outcome } = summary;
  return {
    verifier: { id: verifierId, version: versions },
    timeVerified: timeVerified.toISOString(),
    resourceUri,
    policy: { uri: policy.uri, ...(policy.digest === undefined ? {} : { digest: sha256Set(policy.digest) }) },
    inputAttestations: inputs.map(({ name, digest }) => toDescriptor({ name, digest: sha256Set(digest) })),
    verificationResult: outcome.result,
    verifiedLevels: outcome.result === "PASSED" ? outcome.levels : ["FAILED"],
    slsaVersion: SLSA_VERSION,
    ...(outcome.result === "PASSED" ? {} : { failure: { code: outcome.code } }),
  };
}
