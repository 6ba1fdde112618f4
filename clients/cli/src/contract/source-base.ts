import { join } from "node:path";
import { COMPANIONS, ConfigError, LIMITS, PACK_FILES } from "@policy-pack/pack";
import type { PackContract, SourceFile } from "@policy-pack/pack";
import { naming } from "../naming.ts";
import { readStoredFile } from "../read.ts";
import { claimedDigest } from "./claimed-digest.ts";

/**
 * The contract of a pack's source folder, as its last build left it.
 * @param dir absolute
 * @throws ConfigError CONFIG_INVALID when it was never built, SOURCE_INVALID for what is no source
 * @throws FormatError MANIFEST_INVALID, INPUT_INVALID, LIMIT_EXCEEDED
 */
export async function readSourceBase(dir: string, name: string): Promise<PackContract> {
  const { readBaseContract, readSource } = await import("@policy-pack/build");
  const files = await naming(name, () => readSource(dir));
  const { maxManifestBytes, maxBundleBytes } = LIMITS;
  const beside = [
    ...(await readBeside(dir, COMPANIONS.manifest, maxManifestBytes)),
    ...(await readBeside(dir, PACK_FILES.bundle, maxBundleBytes)),
  ];
  const contract = await naming(name, () => readBaseContract([...files, ...beside], name, claimedDigest));
  if (contract !== undefined) return contract;
  throw new ConfigError(
    "CONFIG_INVALID",
    `${name} holds no manifest.json of a build; name a base that was built, or run policy-pack build there.`,
  );
}

async function readBeside(dir: string, path: string, maxBytes: number): Promise<readonly SourceFile[]> {
  const bytes = await readStoredFile(join(dir, path), { what: "The base's", maxBytes });
  return bytes === undefined ? [] : [{ path, bytes }];
}
