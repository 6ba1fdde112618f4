export { loadPolicyPack } from "./policy/loader.ts";
export type { LoaderOptions } from "./policy/loader.ts";
export type { LoadedPolicy, UnpackedPolicy } from "cos-policy-fetcher";
