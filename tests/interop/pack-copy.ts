import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { PACK_FILES, packPaths } from "@policy-pack/pack";

/** Copies the checkout's own pack, without the signature that someone may have made there. */
export async function copySource(target: string): Promise<void> {
  await cp(packPaths(".", "policy-pack-v0").source, target, { recursive: true });
  await rm(join(target, PACK_FILES.bundle), { force: true });
}
