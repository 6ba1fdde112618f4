import type { Digest, JsonObject } from "@policy-pack/pack";
import {
  commitDescriptor,
  opaDescriptor,
  packPurl,
  sourceDescriptor,
  toolkitDescriptor,
  versionsOf,
} from "./materials.ts";
import type { BuildFacts } from "./materials.ts";
import { toVerificationSummary } from "./verification-summary.ts";

/** What a rebuild is judged by: the bytes are the same, or they are not. */
export const REBUILD_POLICY = "urn:policy-pack:policy:byte-identical-rebuild:v1";
/** The level that a pack reaches when its source gave its bytes again. Not SLSA's: its names are kept for its tracks. */
export const REBUILD_LEVEL = "POLICY_PACK_REBUILT";

/**
 * The predicate that says who built a pack's source again, with what, and that the bytes were the same: a verification
 * summary whose policy is `REBUILD_POLICY`, with the rebuild's materials in a field of ours, `rebuild`.
 * Source: SLSA v1.0, "Verification Summary Attestation (VSA)"; `docs/attestations.md`.
 */
export function toRebuildSummary(facts: BuildFacts, digest: Digest, verifierId: string): JsonObject {
  const { packId, release, materials, startedOn, finishedOn } = facts;
  const { git } = materials;
  const commit = git?.isClean === true ? [commitDescriptor(git.commit, git.repository, git.ref)] : [];
  return {
    ...toVerificationSummary({
      verifierId,
      versions: versionsOf(materials),
      timeVerified: finishedOn,
      resourceUri: packPurl(packId, release.revision),
      policy: { uri: REBUILD_POLICY },
      inputs: [],
      outcome: { result: "PASSED", levels: [REBUILD_LEVEL] },
    }),
    rebuild: {
      digest,
      isByteIdentical: true,
      resolvedDependencies: [
        ...commit,
        sourceDescriptor(materials),
        opaDescriptor(materials),
        toolkitDescriptor(materials),
      ],
      startedOn: startedOn.toISOString(),
      finishedOn: finishedOn.toISOString(),
    },
  };
}
