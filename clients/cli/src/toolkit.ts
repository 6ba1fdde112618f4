import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { InstalledPackage, UsedTool } from "@policy-pack/build";

/** The packages whose program decides a pack's bytes. */
const BUILDING = ["@policy-pack/build", "@policy-pack/pack"];

/**
 * The policy-pack that runs, by its version and the digest of its program files that build packs, as they are installed.
 * @throws ConfigError TOOL_FAILED
 */
export async function readToolkit(): Promise<UsedTool> {
  const { readProgramDigest, TOOLKIT_VERSION } = await import("@policy-pack/build");
  const folders = BUILDING.map((name) => [name, dirname(fileURLToPath(import.meta.resolve(name)))] as const);
  return { version: TOOLKIT_VERSION, digest: await readProgramDigest(Object.fromEntries(folders)) };
}

/** policy-pack and all that it needs to run, as it is installed. @throws ConfigError TOOL_FAILED */
export async function readToolkitPackages(): Promise<readonly InstalledPackage[]> {
  const { readInstalledPackages } = await import("@policy-pack/build");
  return readInstalledPackages(dirname(fileURLToPath(import.meta.resolve("@policy-pack/cli/package.json"))));
}
