import { ConfigError } from "@policy-pack/pack";
import { DEFAULTS } from "../defaults.ts";
import type { IdentityProvider } from "../identity-token.ts";
import type { Witness } from "../ports.ts";
import type { SigningParties } from "../sign.ts";
import { fulcioSigner } from "./fulcio.ts";
import type { RequestOptions } from "./http.ts";
import type { RekorVersion } from "./log-keys.ts";
import { rekorWitness } from "./rekor.ts";
import { selectServices } from "./select.ts";
import type { Service, SigningConfig } from "./signing-config.ts";
import { timestampWitness } from "./timestamp.ts";

export interface ServiceOptions extends Partial<RequestOptions> {
  /** Which services are valid is asked at this time. */
  readonly now: Date;
}

/** What a signature gets from the services of a signing config. */
export interface SelectedServices {
  readonly logs: readonly { readonly url: string; readonly version: RekorVersion }[];
  /** URLs of timestamp authorities. */
  readonly timestampAuthorities: readonly string[];
}

/**
 * The logs and timestamp authorities that the config says to use now: one, several, or none.
 * @throws ConfigError CONFIG_INVALID when it has too few that can be used
 */
export function selectWitnesses(config: SigningConfig, now: Date): SelectedServices {
  const logs = selectServices(config.logs, { what: "transparency log(s)", versions: [1, 2], now });
  const stamps = { what: "timestamp authorities", versions: [1], now };
  return {
    logs: logs.map(({ url, majorApiVersion }) => ({ url, version: majorApiVersion === 2 ? 2 : 1 })),
    timestampAuthorities: selectServices(config.timestampAuthorities, stamps).map(({ url }) => url),
  };
}

/**
 * Witnesses for a signature by any key, as the config says.
 * @throws ConfigError CONFIG_INVALID when it has too few services that can be used
 */
export function signingConfigWitnesses(config: SigningConfig, options: ServiceOptions): readonly Witness[] {
  const { logs, timestampAuthorities } = selectWitnesses(config, options.now);
  const requests = { ...DEFAULTS, ...options };
  return [
    ...logs.map(({ url, version }) => rekorWitness(url, version, requests)),
    ...timestampAuthorities.map((url) => timestampWitness(url, requests)),
  ];
}

/**
 * Keyless signing with the services that the config names. A certificate lives for minutes: without a time from a v1
 * log or a timestamp authority nobody could ever accept its signature, so a config that gives neither is refused.
 * @throws ConfigError CONFIG_INVALID
 */
export function keylessParties(
  config: SigningConfig,
  identityProvider: IdentityProvider,
  options: ServiceOptions,
): SigningParties {
  const { logs, timestampAuthorities } = selectWitnesses(config, options.now);
  if (timestampAuthorities.length === 0 && !logs.some(({ version }) => version === 1)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "The signing config gives no proof of time, neither by a timestamp authority nor by a Rekor v1 log: nobody could " +
        "verify a signature with a certificate that expires in minutes; add a timestamp authority, or sign with a key.",
    );
  }
  const signer = fulcioSigner(certificateAuthority(config, options.now).url, identityProvider, {
    ...DEFAULTS,
    ...options,
  });
  return { signer, witnesses: signingConfigWitnesses(config, options) };
}

function certificateAuthority(config: SigningConfig, now: Date): Service {
  const group = { services: config.certificateAuthorities, selector: { kind: "ANY" } } as const;
  const [authority] = selectServices(group, { what: "certificate authority", versions: [1], now });
  if (authority === undefined)
    throw new ConfigError("CONFIG_INVALID", "The signing config has no certificate authority.");
  return authority;
}
