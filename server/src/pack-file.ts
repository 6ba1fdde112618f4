import { digestOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { FileStamp } from "./file-stamp.ts";
import { digestFile, readBytes, SharedFile } from "./shared-file.ts";
import { readStableFile } from "./stable-file.ts";

/** A pack ready to be sent: its bytes in memory or behind an open descriptor, and the digest of exactly these bytes. */
export interface PackFile {
  readonly stamp: FileStamp;
  readonly digest: Digest;
  readonly body: Buffer | SharedFile;
}

/**
 * Reads and hashes the tar at the path; undefined when no regular file is there.
 * @param maxMemoryBytes larger files stay on disk
 * @throws TransportError PACK_NOT_BUILT when the file keeps changing
 */
export async function readPackFile(path: string, maxMemoryBytes: number): Promise<PackFile | undefined> {
  const file = await readStableFile(path, async (handle, size) => {
    if (size > maxMemoryBytes) return await digestFile(handle, size);
    return await readBytes(handle, size);
  });
  if (file === undefined) return undefined;
  const { stamp, value, handle } = file;
  if (typeof value === "string") return { stamp, digest: value, body: new SharedFile(handle, stamp) };
  await handle.close();
  return { stamp, digest: digestOf(value), body: value };
}

/** How much memory a ready pack takes, in bytes. */
export function memoryOf(pack: PackFile): number {
  return Buffer.isBuffer(pack.body) ? pack.body.length : 0;
}

/** Gives the pack up; answers that still send from it finish. */
export function releasePack(pack: PackFile): void {
  if (!Buffer.isBuffer(pack.body)) pack.body.release();
}
