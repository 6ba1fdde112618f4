import { ConfigError, TrustError } from "@policy-pack/pack";
import { parseTrustedRoot } from "@policy-pack/verify";
import type { BundleSource, TrustedRoot, TrustedRootSource, VerificationPolicy } from "@policy-pack/verify";
import { checkObject } from "./options.ts";

/**
 * The trusted root, read; undefined when the policy holds its own.
 * @throws TypeError; ConfigError CONFIG_INVALID when both are given; FormatError TRUSTED_ROOT_INVALID
 */
export function toTrustedRoot(
  { trustedRoots }: VerificationPolicy,
  given: TrustedRootSource | undefined,
): TrustedRoot | undefined {
  if (trustedRoots !== undefined) {
    if (given === undefined) return undefined;
    throw new ConfigError(
      "CONFIG_INVALID",
      "The verification policy has trusted roots of its own; leave trustedRoot out, or trustedRoots.",
    );
  }
  if (typeof given === "string" || given instanceof Uint8Array) return parseTrustedRoot(given);
  checkObject("trustedRoot", given);
  return given;
}

/**
 * A list that the policy demands must be there before anything is fetched, and one that it does not name cannot be judged.
 * @throws TrustError METADATA_MISSING; ConfigError CONFIG_INVALID
 */
export function checkLists(policy: VerificationPolicy, given: { denylist?: unknown; pause?: unknown }): void {
  for (const name of ["denylist", "pause"] as const) {
    if (policy[name] !== undefined && given[name] === undefined) {
      throw new TrustError("METADATA_MISSING", `The verification policy demands a ${name}; hand in the current one.`);
    }
    if (policy[name] === undefined && given[name] !== undefined) {
      throw new ConfigError(
        "CONFIG_INVALID",
        `A ${name} is given, and the verification policy names nobody who signs it.`,
      );
    }
  }
}

/** @throws TypeError */
export function toBundles(given: unknown): readonly BundleSource[] {
  if (given === undefined) return [];
  const isSource = (one: unknown): one is BundleSource => typeof one === "string" || one instanceof Uint8Array;
  if (Array.isArray(given) && given.every(isSource)) return given;
  throw new TypeError("bundles must be a list of JSON texts or bytes.");
}
