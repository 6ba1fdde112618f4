import { TrustError } from "@policy-pack/pack";
import type { PackContents } from "@policy-pack/pack";
import type { VerificationPolicy } from "../policy/verification-policy.ts";

/** What a pack says of itself; signed with it. */
export type PackFacts = Pick<PackContents, "packId" | "revision">;

/** @throws TrustError PACK_MISMATCH */
export function checkPackId({ packId }: PackFacts, policy: VerificationPolicy): void {
  if (policy.packId === undefined || policy.packId === packId) return;
  throw new TrustError(
    "PACK_MISMATCH",
    `The signed pack is "${packId}", not "${policy.packId}"; it is genuine, but not the one that was asked for.`,
  );
}

/**
 * Revisions are decimal numbers of any length, so they are compared as such.
 * @throws TrustError REVISION_ROLLBACK
 */
export function checkRevision({ revision }: PackFacts, policy: VerificationPolicy): void {
  if (policy.minimumRevision === undefined || BigInt(revision) >= BigInt(policy.minimumRevision)) return;
  throw new TrustError(
    "REVISION_ROLLBACK",
    `The signed pack has revision ${revision}, older than ${policy.minimumRevision}; an outdated pack was served.`,
  );
}
