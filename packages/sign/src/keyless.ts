import { DEFAULTS } from "./defaults.ts";
import type { IdentityProvider } from "./identity-token.ts";
import type { SigningParties } from "./sign.ts";
import { fulcioSigner } from "./services/fulcio.ts";
import type { RekorVersion } from "./services/log-keys.ts";
import { rekorWitness } from "./services/rekor.ts";
import { timestampWitness } from "./services/timestamp.ts";

export interface KeylessOptions {
  readonly identityProvider: IdentityProvider;
  /** Base URL; default the public-good instance, as for the other two. */
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
  /** Which API the log speaks: 1 (default) or 2. */
  readonly rekorVersion?: RekorVersion;
  /** With its path, such as `/api/v1/timestamp`. */
  readonly tsaUrl?: string;
  /** Of each request; default 30 000 ms. */
  readonly timeoutMs?: number;
  /** Of each request that failed on the way or was answered 408, 429 or 5xx; default 2. */
  readonly retries?: number;
}

/**
 * Signing with a key that lives for one signature, certified for the identity in a token: a certificate from Fulcio, an
 * entry in Rekor and a timestamp. The answers are packed as they came: verify the bundle against the instance's trusted
 * root before relying on it. For an instance that is described by a signing config see `keylessParties`.
 * @throws ConfigError SIGNER_UNAVAILABLE without a usable token, SIGNING_FAILED when a service does not answer as it should
 */
export function keylessSigning(options: KeylessOptions): SigningParties {
  const { identityProvider, fulcioUrl, rekorUrl, rekorVersion, tsaUrl, ...requests } = { ...DEFAULTS, ...options };
  return {
    signer: fulcioSigner(fulcioUrl, identityProvider, requests),
    witnesses: [rekorWitness(rekorUrl, rekorVersion, requests), timestampWitness(tsaUrl, requests)],
  };
}
