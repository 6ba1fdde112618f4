import type { Digest, JsonObject } from "@policy-pack/pack";
import { packPurl } from "./materials.ts";

export interface ReleasedPack {
  readonly packId: string;
  /** As the signed tar states it. */
  readonly revision: string;
  readonly previousDigest: Digest | string | null;
}

/**
 * The predicate of a release: the package URL whose version is the revision, and `releaseId`, which stays the same from
 * release to release. `packId`, `revision` and `previousDigest` are fields of ours, for policies to look at.
 * Source: in-toto attestation framework, predicate "Release" v0.1 (v0.2 renames `releaseId` to `packageId`).
 */
export function toRelease({ packId, revision, previousDigest }: ReleasedPack): JsonObject {
  return {
    purl: packPurl(packId, revision),
    releaseId: packId,
    packId,
    revision: Number(revision),
    previousDigest,
  };
}
