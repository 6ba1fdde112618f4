import type { ArchiveLimits } from "@policy-pack/pack";
import type { Artifact } from "./bundle/signed-content.ts";
import type { VerificationPolicy } from "./policy/verification-policy.ts";
import type { TrustedRoot } from "./trusted-root.ts";

/** JSON of one Sigstore bundle. */
export type BundleSource = string | Uint8Array;

/** JSON of a trusted root, or one that was read before. */
export type TrustedRootSource = string | Uint8Array | TrustedRoot;

/** The highest versions that the caller has accepted before; an older list is a rollback. */
export interface SeenVersions {
  readonly denylistVersion?: number | undefined;
  readonly pauseVersion?: number | undefined;
}

/** What is judged by, beside the artifact itself. */
export interface TrustOptions {
  /** Signatures and attestations, in any order; at most `maxBundles` of limits.ts. */
  readonly bundle: BundleSource | readonly BundleSource[];
  /** Required, unless the policy holds trusted roots of its own; then it must be left out. */
  readonly trustedRoot?: TrustedRootSource | undefined;
  readonly policy: VerificationPolicy;
  /** Bundles of the signed denylist; given exactly when the policy names who signs one. */
  readonly denylist?: BundleSource | readonly BundleSource[] | undefined;
  /** Bundles of the signed pause status; given exactly when the policy names who signs one. */
  readonly pause?: BundleSource | readonly BundleSource[] | undefined;
  readonly seen?: SeenVersions | undefined;
  /** The time by which the lists must be current: required when the policy names a denylist or a pause. */
  readonly now?: Date | undefined;
}

export interface VerifyArtifactOptions extends TrustOptions {
  readonly artifact: Artifact;
}

export interface VerifyPackOptions extends TrustOptions {
  /** The pack's tar. */
  readonly pack: Uint8Array;
  /** Caps on what the tar may hold; those of `@policy-pack/pack` unless said. */
  readonly limits?: ArchiveLimits | undefined;
}
