import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

import { ConfigError, messageOf, PolicyPackError } from "@policy-pack/pack";

import { MAX_LINE_BYTES } from "../limits.ts";
import { lockFile } from "./file-lock.ts";
import { readTail } from "./file-tail.ts";
import type { SinkState } from "./sink.ts";

/** The owner writes, the group reads: inputs are nobody else's business. */
const FILE_MODE = 0o640;

/** A file that is open to be appended to. */
export interface OpenLog {
  readonly file: FileHandle;
  /** Where the next line goes. */
  readonly end: number;
  readonly state: SinkState;
  readonly unlock: () => void;
}

/** Takes the lock, reads where the chain stands, and cuts a torn last line off. */
export async function openLog(path: string): Promise<OpenLog> {
  const unlock = lockFile(`${path}.lock`);
  let file: FileHandle | undefined;
  try {
    file = await openFile(path);
    const { end, head, tornBytes } = await readTail(file, path, MAX_LINE_BYTES);
    if (tornBytes > 0) await file.truncate(end);
    return { file, end, unlock, state: { head, ...(tornBytes > 0 ? { lost: { reason: "torn", count: 1 } } : {}) } };
  } catch (cause) {
    await file?.close();
    unlock();
    if (cause instanceof PolicyPackError) throw cause;
    throw new ConfigError("OUTPUT_FAILED", `The decision log ${path} cannot be opened: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/** Written at places of our own choosing, not appended: what was written in part is written over. */
function openFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, FILE_MODE);
}
