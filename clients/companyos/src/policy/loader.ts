import { loadUnpackedPolicy } from "cos-policy-fetcher";
import type { LoadOptions, PooledLoadOptions, UnpackedPolicy, UnpackedPooledPolicy } from "cos-policy-fetcher";

/** All of `loadVerifiedPolicy`'s options but the url; trusted root and verification policy are required. */
export type LoaderOptions = Omit<LoadOptions, "url">;

/** Of a policy that decides in threads: with `pool`. */
export type PooledLoaderOptions = Omit<PooledLoadOptions, "url">;

/**
 * What the COS runtime calls at start: fetches the policy pack at `url`, verifies it offline against its own trusted root
 * and verification policy, unpacks it into `dir` (default: a fresh private temporary folder) and loads its WASM. If any
 * step fails it rejects, and no folder and no policy exist.
 * @returns the policy, deciding in memory by `decide(input, entrypoint)`, with `dir`, `digest`, `revision`, `packId`,
 *   `signers`. Pass its revision as the next `verificationPolicy.minimumRevision` to refuse older packs. With `pool` it decides in
 *   threads and waits: each decision has a deadline, and `close` ends them. With `recorder` every decision is told to it.
 * @throws as `loadVerifiedPolicy` of cos-policy-fetcher
 */
export function loadPolicyPack(url: string | URL, options: PooledLoaderOptions): Promise<UnpackedPooledPolicy>;
export function loadPolicyPack(url: string | URL, options: LoaderOptions): Promise<UnpackedPolicy>;
export function loadPolicyPack(
  url: string | URL,
  options: LoaderOptions,
): Promise<UnpackedPolicy | UnpackedPooledPolicy> {
  return loadUnpackedPolicy({ ...options, url });
}
