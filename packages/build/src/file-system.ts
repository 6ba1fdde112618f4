import type { Stats } from "node:fs";
import { lstat, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { systemCodeOf } from "@policy-pack/pack";
import { makeFolder } from "./make-folder.ts";
import { kindOf } from "./source-file.ts";

/** Every act by which a build changes a disk, so that a test can end the world between any two. */
export interface FileSystem {
  makeFolder(path: string): Promise<void>;
  /** Creates a file that must not exist, 0644 whatever the umask, and returns once its bytes are on the disk. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Returns once the folder's names are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** The bytes of a file of exactly that size, or undefined. Throws where something else than a file stands. */
  readIfSize(path: string, size: number): Promise<Uint8Array | undefined>;
  names(folder: string): Promise<readonly string[]>;
}

export const NODE_FILE_SYSTEM: FileSystem = Object.freeze({
  makeFolder,
  async writeNew(path: string, bytes: Uint8Array) {
    await using file = await open(path, "wx", 0o644);
    await file.writeFile(bytes);
    await file.chmod(0o644);
    await file.sync();
  },
  rename,
  remove: unlink,
  async syncFolder(path: string) {
    // Windows opens no folder; there a rename is on the disk when it returns.
    if (process.platform === "win32") return;
    await using folder = await open(path, "r");
    await folder.sync();
  },
  async readIfSize(path: string, size: number) {
    const stats = await orAbsent(lstat(path));
    const leadsTo = stats?.isSymbolicLink() === true ? await orAbsent(stat(path)) : stats;
    // A rename would put a file in the place of /dev/null, or of what leads there.
    if (leadsTo?.isFile() === false) throw new Error(`${path} is ${kindOf(leadsTo)}, not a file`);
    return stats?.isFile() === true && stats.size === size ? await readFile(path) : undefined;
  },
  names: (folder: string) => readdir(folder),
});

async function orAbsent(stats: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await stats;
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
