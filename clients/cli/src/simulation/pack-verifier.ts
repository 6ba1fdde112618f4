import type { PackContents } from "@policy-pack/pack";
import { readBundles } from "../bundle-files.ts";
import type { Terminal } from "../terminal.ts";
import { readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { acceptPack, readLists } from "../trust-lists.ts";

/** Judges packs by one set of trust flags, which are read at the first of them. */
export interface PackVerifier {
  /** @param bundles paths, as `--bundle` of `verify` takes them */
  verifyTar(tar: Uint8Array, bundles: readonly string[]): Promise<PackContents>;
  fetchVerified(url: string, bundles: readonly string[], signal: AbortSignal): Promise<PackContents>;
}

/** The verifier throws as `readTrust`, `readLists`, `readBundles` and `assessPack`, and what a refused pack's report says. */
export function createPackVerifier(terminal: Terminal, flags: TrustFlags): PackVerifier {
  let trusted: ReturnType<typeof readAll> | undefined;
  const readAll = async () => ({ trust: await readTrust(terminal, flags), lists: await readLists(terminal, flags) });
  const read = async (paths: readonly string[]) => {
    const { trust, lists } = await (trusted ??= readAll());
    const bundles = (await readBundles(terminal, paths)).map(({ source }) => source);
    const root = trust.trustedRoot === undefined ? {} : { trustedRoot: trust.trustedRoot };
    return { policy: trust.verificationPolicy, bundles, common: { ...root, ...lists } };
  };
  return {
    async verifyTar(tar, paths) {
      const { policy, bundles, common } = await read(paths);
      const { assessPack, extractPack } = await import("@policy-pack/verify");
      const assessed = assessPack({ ...common, pack: tar, bundle: bundles, policy });
      return extractPack(await acceptPack(terminal, flags, assessed));
    },
    async fetchVerified(url, paths, signal) {
      const { policy, bundles, common } = await read(paths);
      const { extractPack } = await import("@policy-pack/verify");
      const { fetchAssessedPack } = await import("cos-policy-fetcher");
      const assessed = await fetchAssessedPack({ ...common, url, verificationPolicy: policy, bundles, signal });
      return extractPack(await acceptPack(terminal, flags, assessed));
    },
  };
}
