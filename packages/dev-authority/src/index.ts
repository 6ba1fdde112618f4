export { openDevAuthority } from "./authority.ts";
export type { AuthorityOptions, DevAuthority, SigningOptions } from "./authority.ts";
export { DEV_IDENTITY, DEV_ISSUER } from "./defaults.ts";
