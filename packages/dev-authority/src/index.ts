export { openDevAuthority } from "./authority.ts";
export type { AuthorityOptions, DevAuthority, SigningOptions } from "./authority.ts";
export { DEV_IDENTITY, DEV_ISSUER, NAMES as DEV_NAMES } from "./defaults.ts";
export { startAuthorityServer } from "./http-front.ts";
export type { AuthorityServer, AuthorityServerOptions } from "./http-front.ts";
export type { LeafRequest } from "./certificate-authority.ts";
export type { TokenClaims } from "./identity-token.ts";
export type { TimestampHash, TimestampRequest } from "./timestamp-authority.ts";
export type { RekorVersion } from "./transparency-log.ts";
