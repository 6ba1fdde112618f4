import { readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { temporaryPath } from "./leftover.ts";
import { makeFolder } from "./make-folder.ts";
import { toScaffold } from "./scaffold.ts";

/**
 * Makes the source folder of a new pack that builds and passes its tests. The folder must not exist or be empty; it
 * appears whole, by one rename, or not at all.
 * @returns the paths written, relative to the folder
 * @throws ConfigError CONFIG_INVALID when something stands there, OUTPUT_FAILED
 * @throws FormatError INPUT_INVALID for a packId that is none
 */
export async function initPack(dir: string, { packId }: { readonly packId: string }): Promise<readonly string[]> {
  const files = toScaffold(packId);
  const target = resolve(dir);
  const temporary = temporaryPath(target);
  const isThere = await checkEmpty(target);
  try {
    await makeFolder(dirname(target));
    await fill(temporary, files);
    // POSIX renames onto an empty folder, Windows does not.
    if (isThere) await rmdir(target);
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw new ConfigError("OUTPUT_FAILED", `${target} cannot be written: ${messageOf(cause)}.`, { cause });
  }
  return files.map(({ path }) => path);
}

/** Whether an empty folder stands there. */
async function checkEmpty(target: string): Promise<boolean> {
  const names = await readdir(target).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new ConfigError("CONFIG_INVALID", `${target} cannot hold a new pack: ${messageOf(cause)}.`, { cause });
  });
  if (names === undefined || names.length === 0) return names !== undefined;
  throw new ConfigError("CONFIG_INVALID", `${target} is not empty; name a folder that is not there yet.`);
}

async function fill(folder: string, files: readonly SourceFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    const target = join(folder, path);
    await makeFolder(dirname(target));
    await writeFile(target, bytes, { flag: "wx" });
  }
}
