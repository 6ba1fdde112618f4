import { PolicyPackError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { claimedDigestUnsafe, parseBundle } from "@policy-pack/verify";

/** The one digest that a Sigstore bundle says it is about; undefined when it names none, several, or is no bundle. */
export function claimedDigest(bundle: Uint8Array): Digest | undefined {
  try {
    return claimedDigestUnsafe(parseBundle(bundle));
  } catch (error) {
    if (error instanceof PolicyPackError) return undefined;
    throw error;
  }
}
