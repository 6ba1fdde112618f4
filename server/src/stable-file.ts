import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { systemCodeOf, TransportError } from "@policy-pack/pack";
import { isSameStamp, readOpenStamp } from "./file-stamp.ts";
import type { FileStamp } from "./file-stamp.ts";
import { LIMITS } from "./limits.ts";

/** Not through a link, and not waiting at a pipe that nobody writes to. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const ABSENT: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"]);

export interface StableFile<Value> {
  readonly stamp: FileStamp;
  readonly value: Value;
  /** Still open; the caller's to close. */
  readonly handle: FileHandle;
}

/**
 * Reads a regular file so that what was read is the file as it was at one moment: its stamp is the same before and
 * after, and too old for a change within the same tick of the file system's clock. Links, devices and folders count as
 * absent, as do missing files: undefined.
 * @param read gets the open file and its size in bytes; undefined when it met fewer bytes
 * @throws TransportError PACK_NOT_BUILT when the file keeps changing
 */
export async function readStableFile<Value>(
  path: string,
  read: (handle: FileHandle, size: number) => Promise<Value | undefined>,
): Promise<StableFile<Value> | undefined> {
  for (let reads = 0; reads < LIMITS.maxReads; reads += 1) {
    const handle = await openFile(path);
    if (handle === undefined) return undefined;
    const file = await readOnce(handle, read);
    if (file !== "changed") return file;
  }
  throw new TransportError("PACK_NOT_BUILT", "The pack is being written at this moment; try again when that is done.");
}

async function readOnce<Value>(
  handle: FileHandle,
  read: (handle: FileHandle, size: number) => Promise<Value | undefined>,
): Promise<StableFile<Value> | "changed" | undefined> {
  let isKept = false;
  try {
    const stamp = await settledStamp(handle.fd);
    if (typeof stamp !== "object") return stamp;
    const value = await read(handle, Number(stamp.size));
    if (value === undefined || !isSameStamp(stamp, readOpenStamp(handle.fd))) return "changed";
    isKept = true;
    return { stamp, value, handle };
  } finally {
    if (!isKept) await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, FLAGS);
  } catch (error) {
    if (ABSENT.has(systemCodeOf(error))) return undefined;
    throw error;
  }
}

/** A second change in one tick of the file system's clock leaves the stamp as it is: wait until the tick is over. */
async function settledStamp(descriptor: number): Promise<FileStamp | "changed" | undefined> {
  const stamp = readOpenStamp(descriptor);
  if (stamp === undefined) return undefined;
  const ageMs = Date.now() - Number(stamp.ctimeNs / 1_000_000n);
  if (ageMs >= LIMITS.settleMs) return stamp;
  await wait(LIMITS.settleMs - Math.max(ageMs, 0));
  return isSameStamp(stamp, readOpenStamp(descriptor)) ? stamp : "changed";
}
