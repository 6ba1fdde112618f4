export { loadPolicyPack } from "./policy/loader.ts";
export type { LoaderOptions, PooledLoaderOptions } from "./policy/loader.ts";
export type { LoadedPolicy, PooledPolicy, UnpackedPolicy, UnpackedPooledPolicy } from "cos-policy-fetcher";
