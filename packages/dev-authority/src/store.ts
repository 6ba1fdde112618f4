import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import { DEV_LIMITS } from "./limits.ts";

/** The files of an authority's folder. */
export const FILES = Object.freeze({
  state: "authority.json",
  trustedRoot: "trusted_root.json",
  lock: "lock",
  /** Keeps the keys out of whichever repository the folder stands in. */
  ignore: ".gitignore",
  tree: (version: number) => `rekor-v${version}.tree`,
  checkpoint: (version: number) => `rekor-v${version}.checkpoint`,
});

/**
 * Makes the folder with all its files at once: written aside, then renamed. Whoever comes second keeps the first one's.
 * Of those above it only the one that holds it is made too.
 * The folder is 0700 and its files 0600.
 * @throws ConfigError AUTHORITY_INVALID when it holds other things, OUTPUT_FAILED when it cannot be written
 */
export async function createFolder(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = resolve(dir);
  try {
    await makeParent(dirname(target));
    const aside = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    try {
      await chmod(aside, 0o700);
      for (const [name, content] of Object.entries(files)) await writeSynced(join(aside, name), content);
      await rename(aside, target);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes(systemCodeOf(error) ?? "")) throw unwritable(target, error);
    if ((await readState(join(target, FILES.state))) !== undefined) return;
    throw new ConfigError(
      "AUTHORITY_INVALID",
      `${target} holds other things than a whole development authority; delete it, or name another folder.`,
      { cause: error },
    );
  }
}

async function makeParent(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw error;
  }
}

/**
 * Replaces a file as a whole: a kill leaves the old or the new one. The caller holds the lock.
 * @throws ConfigError OUTPUT_FAILED
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const aside = `${path}.tmp`;
  try {
    await writeSynced(aside, content);
    await rename(aside, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * The text of a state file, or undefined when there is none.
 * @throws ConfigError AUTHORITY_INVALID when it cannot be read or is larger than any such file is
 */
export async function readState(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size <= DEV_LIMITS.maxStateBytes) return await readFile(path, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
  throw unreadable(path);
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

export function unwritable(path: string, cause: unknown): ConfigError {
  const reason = systemCodeOf(cause) ?? messageOf(cause);
  return new ConfigError("OUTPUT_FAILED", `Cannot write ${path} (${reason}); make room, or choose another folder.`, {
    cause,
  });
}

function unreadable(path: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "AUTHORITY_INVALID",
    `${path} cannot be read as a file of the development authority; after --dev-authority stands its folder, if any. If it is damaged, delete that folder and sign again.`,
    { cause },
  );
}
