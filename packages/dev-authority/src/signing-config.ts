import type { RekorVersion } from "./transparency-log.ts";

/** Long before any clock that signs with it. */
const ALWAYS = { start: "2020-01-01T00:00:00Z" };
/** A URI without a scheme, as the specs want it. */
const OPERATOR = "policy-pack.localhost";

/**
 * The JSON text of a signing config that names one instance at the URL for everything.
 * Source: Sigstore trust root protobuf, `SigningConfig`, version 0.2.
 */
export function toSigningConfig(url: string, rekorVersion: RekorVersion): string {
  const service = (serviceUrl: string, majorApiVersion: number) => [
    { url: serviceUrl, majorApiVersion, validFor: ALWAYS, operator: OPERATOR },
  ];
  const config = {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: service(url, 1),
    oidcUrls: service(url, 1),
    rekorTlogUrls: service(url, rekorVersion),
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: service(`${url}/api/v1/timestamp`, 1),
    tsaConfig: { selector: "ANY" },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
