import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { ConfigError, messageOf, PolicyPackError, quotePath } from "@policy-pack/pack";

/** A link is not followed, and opening a FIFO does not wait for a writer. Windows knows neither. */
const FLAGS = constants.O_RDONLY | flag("O_NOFOLLOW") | flag("O_NONBLOCK");

/**
 * The bytes of a regular file that did not change while they were read.
 * @param name how messages name the file
 * @throws ConfigError SOURCE_INVALID
 */
export async function readRegularFile(path: string, name: string, maxBytes: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, FLAGS);
    return await readStable(file, name, maxBytes);
  } catch (cause) {
    if (cause instanceof PolicyPackError) throw cause;
    throw new ConfigError("SOURCE_INVALID", `${quotePath(name)} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/** What the system says, without the place on the disk that it adds. */
export function reasonOf(cause: unknown): string {
  return messageOf(cause).replace(/, [a-z]+ '.*'$/s, "");
}

/** What a Dirent or Stats says a thing is, for the message that refuses it. */
export function kindOf(item: {
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isDirectory(): boolean;
}): string {
  if (item.isSymbolicLink()) return "a symbolic link";
  if (item.isFIFO()) return "a FIFO";
  if (item.isSocket()) return "a socket";
  return item.isDirectory() ? "a folder" : "a device";
}

async function readStable(file: FileHandle, name: string, maxBytes: number): Promise<Uint8Array> {
  const before = await file.stat({ bigint: true });
  if (!before.isFile()) throw refused(name, `is ${kindOf(before)}, not a file`);
  if (before.size > BigInt(maxBytes)) throw refused(name, `has ${before.size} bytes; at most ${maxBytes} are packed`);
  const size = Number(before.size);
  // One byte more than the size, so that a file that grows is noticed and never read without end.
  const buffer = Buffer.alloc(size + 1);
  let length = 0;
  while (length <= size) {
    const { bytesRead } = await file.read(buffer, length, size + 1 - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  const after = await file.stat({ bigint: true });
  if (length !== size || after.size !== before.size || after.mtimeNs !== before.mtimeNs) {
    throw refused(name, "changed while it was read; build again when nothing writes to the folder");
  }
  return buffer.subarray(0, size);
}

function refused(name: string, why: string): ConfigError {
  return new ConfigError("SOURCE_INVALID", `${quotePath(name)} ${why}.`);
}

function flag(name: "O_NOFOLLOW" | "O_NONBLOCK"): number {
  return (constants as Partial<Record<typeof name, number>>)[name] ?? 0;
}
