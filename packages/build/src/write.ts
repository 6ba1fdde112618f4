import { dirname, join } from "node:path";
import { ConfigError, messageOf } from "@policy-pack/pack";
import { NODE_FILE_SYSTEM } from "./file-system.ts";
import type { FileSystem } from "./file-system.ts";
import { isAbandoned, temporaryPath } from "./leftover.ts";

export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes files so that each is at every moment whole, the old one or the new one: all are written and synced under
 * temporary names beside their targets, then renamed in the order given (the manifest last). Files whose bytes do not
 * change are left alone, and what a killed build left behind is removed.
 * @returns the paths that changed
 * @throws ConfigError OUTPUT_FAILED
 */
export async function writePack(
  outputs: readonly OutputFile[],
  fs: FileSystem = NODE_FILE_SYSTEM,
): Promise<readonly string[]> {
  const staged: { readonly temporary: string; readonly target: string }[] = [];
  try {
    for (const { path, bytes } of outputs) {
      await fs.makeFolder(dirname(path));
      await removeAbandoned(path, fs);
      if (await isUnchanged(path, bytes, fs)) continue;
      const temporary = temporaryPath(path);
      staged.push({ temporary, target: path });
      await fs.writeNew(temporary, bytes);
    }
    for (const { temporary, target } of staged) {
      await fs.rename(temporary, target);
      await fs.syncFolder(dirname(target));
    }
    return staged.map(({ target }) => target);
  } catch (cause) {
    for (const { temporary } of staged) await fs.remove(temporary).catch(() => undefined);
    const message = `The output cannot be written: ${messageOf(cause)}. What stood there before still stands, whole.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}

async function isUnchanged(path: string, bytes: Uint8Array, fs: FileSystem): Promise<boolean> {
  const present = await fs.readIfSize(path, bytes.length);
  return present !== undefined && Buffer.compare(present, bytes) === 0;
}

async function removeAbandoned(target: string, fs: FileSystem): Promise<void> {
  const folder = dirname(target);
  for (const name of await fs.names(folder)) {
    if (isAbandoned(name, target)) await fs.remove(join(folder, name)).catch(() => undefined);
  }
}
