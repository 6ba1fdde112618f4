import { chmod, lstat, mkdir, mkdtemp, open, readdir, readFile, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import {
  canonicalEntries,
  ConfigError,
  PACK_FILES,
  parseOpaManifest,
  PolicyPackError,
  systemCodeOf,
} from "@policy-pack/pack";
import type { PackContents, PackEntry } from "@policy-pack/pack";
import { ABANDONED_AFTER_MS, MAX_OPEN_FILES } from "./limits.ts";

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
/** What mkdtemp puts in place of its six X. */
const SIDE_SUFFIX = /^[A-Za-z0-9]{6}$/;
const TOP_NAMES: ReadonlySet<string> = new Set(["opa", "data", "README.md", "signing"]);

type Writable = Pick<PackContents, "packId" | "files">;

/**
 * Writes the files of a pack as the folder `dir`, whole or not at all: into a new folder beside it, each file and folder
 * flushed to disk, then renamed. Files get mode 0644 and folders 0755, whatever the umask. `dir` may be absent, empty, or
 * hold an earlier unpacked pack of the same packId, which is replaced; its parent must exist. A process killed on the way
 * leaves at worst a `.<name>.partial-…` or `.<name>.old-…` folder beside it, which a later call removes. The contents are
 * not verified here: `extractPack` gives only verified ones.
 * @returns the absolute path of the folder
 * @throws ConfigError OUTPUT_FAILED when `dir` is a link, a file or something else's folder, or the disk refuses;
 *   SOURCE_INVALID when a path of contents made by hand is unsafe
 */
export async function writeContents(contents: Writable, dir: string): Promise<string> {
  const target = resolve(dir);
  const entries = toEntries(contents);
  return adapt(target, async () => {
    await checkTarget(target, contents.packId);
    await removeAbandoned(target);
    const staged = await mkdtemp(sideName(target, "partial-"));
    try {
      await stage(entries, staged, sync);
      await replace(staged, target);
    } catch (thrown) {
      await rm(staged, { recursive: true, force: true });
      throw thrown;
    }
    await flushFolder(dirname(target), sync);
    return target;
  });
}

/**
 * Writes the files of a pack as a folder of a fresh one that only this user may enter, under the system's temporary one.
 * Otherwise as `writeContents`, but nothing is flushed: nobody looks for such a folder after a power cut.
 * @returns the absolute path of the pack's folder; its parent is the fresh one
 * @throws ConfigError OUTPUT_FAILED when the disk refuses; SOURCE_INVALID as `writeContents`
 */
export async function writeTempContents(contents: Writable): Promise<string> {
  const entries = toEntries(contents);
  return adapt(tmpdir(), async () => {
    const parent = await mkdtemp(join(tmpdir(), "policy-pack-"));
    try {
      const folder = join(parent, contents.packId);
      await mkdir(folder);
      await stage(entries, folder);
      return folder;
    } catch (thrown) {
      await rm(parent, { recursive: true, force: true });
      throw thrown;
    }
  });
}

/** Makes what an open file or folder holds survive a power cut. */
type Flush = (handle: FileHandle) => Promise<void>;

function toEntries({ files }: Writable): readonly PackEntry[] {
  return canonicalEntries([...files].map(([path, bytes]) => ({ path, bytes })));
}

/** Beside the target: a rename works only within one file system. */
function sideName(target: string, suffix: string): string {
  return join(dirname(target), `.${basename(target)}.${suffix}`);
}

/**
 * Removes what processes that were killed left beside the target. By age: their ids mean nothing to a container that
 * shares the folder. Whatever goes wrong here is not this call's matter.
 */
async function removeAbandoned(target: string): Promise<void> {
  const parent = dirname(target);
  const prefixes = ["partial-", "old-"].map((suffix) => basename(sideName(target, suffix)));
  for (const name of await readdir(parent).catch(() => [])) {
    if (!prefixes.some((prefix) => name.startsWith(prefix) && SIDE_SUFFIX.test(name.slice(prefix.length)))) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    // The change time moves with a rename, the modification time does not.
    if (found?.isDirectory() !== true || Date.now() - found.ctimeMs < ABANDONED_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** What the file system throws, converted once. */
async function adapt<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) throw thrown;
    const code = systemCodeOf(thrown) ?? "unknown cause";
    throw outputFailed(`${target} could not be written (${code}); nothing was left there.`, thrown);
  }
}

function outputFailed(message: string, cause?: unknown): ConfigError {
  return new ConfigError("OUTPUT_FAILED", message, { cause });
}

/** Absent, empty, or an earlier unpacked pack of the same packId; the link itself is looked at, not where it leads. */
async function checkTarget(target: string, packId: string): Promise<void> {
  const found = await statOf(target);
  if (found === undefined) return;
  if (!found.isDirectory()) throw outputFailed(`${target} is not a folder; choose another, nothing was written.`);
  if ((await packIdAt(target)) === packId || (await isEmpty(target))) return;
  throw outputFailed(`${target} holds something else than ${packId}; choose another folder, nothing was written.`);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (thrown) {
    if (systemCodeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder)).length === 0;
}

/** The packId of the pack that was unpacked here, if that is what all of the folder is. */
async function packIdAt(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  if (!names.every((name) => TOP_NAMES.has(name))) return undefined;
  try {
    const manifest = join(folder, PACK_FILES.opaManifest);
    if (!(await lstat(manifest)).isFile()) return undefined;
    return parseOpaManifest(await readFile(manifest)).metadata.packId;
  } catch {
    return undefined;
  }
}

async function stage(entries: readonly PackEntry[], folder: string, flush?: Flush): Promise<void> {
  const folders = entries.filter((entry) => entry.kind === "folder").map((entry) => join(folder, entry.path));
  // Parents come before their children in the pack's order.
  for (const path of folders) await mkdir(path);
  const files = entries.filter((entry) => entry.kind === "file");
  for (let first = 0; first < files.length; first += MAX_OPEN_FILES) {
    await Promise.all(files.slice(first, first + MAX_OPEN_FILES).map((file) => writeFile(folder, file, flush)));
  }
  for (const path of [...folders.reverse(), folder]) {
    await chmod(path, FOLDER_MODE);
    if (flush !== undefined) await flushFolder(path, flush);
  }
}

async function writeFile(folder: string, { path, bytes }: PackEntry, flush?: Flush): Promise<void> {
  // "wx": the folder is new and private, so nothing may be there to be followed or overwritten.
  const file = await open(join(folder, path), "wx", FILE_MODE);
  try {
    await file.writeFile(bytes);
    await file.chmod(FILE_MODE);
    await flush?.(file);
  } finally {
    await file.close();
  }
}

function sync(handle: FileHandle): Promise<void> {
  return handle.sync();
}

/** A folder's entries, where the system can open folders at all. */
async function flushFolder(folder: string, flush: Flush): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await flush(handle);
  } finally {
    await handle.close();
  }
}

/** A rename puts a folder over an empty one, never over a full one: that one steps aside first, and back on failure. */
async function replace(staged: string, target: string): Promise<void> {
  const found = await statOf(target);
  if (found === undefined || (await isEmpty(target))) {
    await rename(staged, target);
    return;
  }
  const aside = await mkdtemp(sideName(target, "old-"));
  await rename(target, aside);
  try {
    await rename(staged, target);
  } catch (thrown) {
    await putBack(aside, target);
    throw thrown;
  }
  await rm(aside, { recursive: true, force: true });
}

/** Where another process has put its own pack meanwhile there is nothing to put back. */
async function putBack(aside: string, target: string): Promise<void> {
  try {
    await rename(aside, target);
  } catch (thrown) {
    const code = systemCodeOf(thrown);
    if (code === "ENOTEMPTY" || code === "EEXIST") await rm(aside, { recursive: true, force: true });
  }
}
