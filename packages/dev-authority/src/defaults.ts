/** The signer whom the development authority certifies unless told otherwise. */
export const DEV_IDENTITY = "dev@policy-pack.localhost";
/** The issuer that certificates of the development authority name; nothing answers there. */
export const DEV_ISSUER = "https://dev-authority.policy-pack.localhost";

const minutes = 60_000;

export const DEFAULTS = Object.freeze({
  /** How long a signing certificate lives: as with the public instance, enough to sign once. */
  leafLifetimeMs: 10 * minutes,
  /** How many years the authority itself lives; afterwards its folder is deleted and a new one made. */
  authorityYears: 10,
  identityTokenLifetimeMs: 5 * minutes,
} as const);

/** Names in certificates, checkpoints and the trusted root. They resolve nowhere: `.localhost` is reserved for it. */
export const NAMES = Object.freeze({
  organization: "policy-pack development authority",
  fulcioUrl: "https://fulcio.policy-pack.localhost",
  ctLogUrl: "https://ctlog.policy-pack.localhost",
  rekorV1Host: "rekor.policy-pack.localhost",
  rekorV2Host: "rekor2.policy-pack.localhost",
  tsaUrl: "https://timestamp.policy-pack.localhost",
} as const);
