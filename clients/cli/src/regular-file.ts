import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { ConfigError } from "@policy-pack/pack";

const PIECE_BYTES = 1024 * 1024;

/**
 * The size of a regular file; undefined for what is absent and for pipes and devices, which have no size to trust.
 * @throws the system's error when that cannot be told
 */
export function regularSize(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : undefined;
}

/**
 * Reads a regular file whole, without Node's streams: loading them takes longer than reading most files.
 * @returns its bytes, or the first `maxBytes + 1` of them when there are more than `maxBytes`
 * @throws the system's error when it cannot be read
 */
export function readRegularFile(path: string, maxBytes: number): Uint8Array {
  return withDescriptor(path, (descriptor) => {
    // One byte beyond the expected end is asked for as well: a file may grow, and those of /proc have no size.
    let bytes = Buffer.allocUnsafe(Math.min(fstatSync(descriptor).size, maxBytes) + 1);
    let size = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, size, bytes.length - size, null);
      size += read;
      if (read === 0 || size > maxBytes) return bytes.subarray(0, size);
      if (size === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * size, maxBytes + 1));
    }
  });
}

/**
 * Hands a regular file's bytes on in order, each time in the same buffer of 1 MiB.
 * @param name what messages call it: "The file app.tar"
 * @throws ConfigError CONFIG_INVALID when it was written to meanwhile, since the pieces may be of two versions of it; the
 *   system's error when it cannot be read; and what `take` throws
 */
export function eachPiece(path: string, name: string, take: (piece: Uint8Array) => void): void {
  withDescriptor(path, (descriptor) => {
    const before = fstatSync(descriptor, { bigint: true });
    const buffer = Buffer.allocUnsafe(PIECE_BYTES);
    let size = 0n;
    for (;;) {
      const read = readSync(descriptor, buffer, 0, PIECE_BYTES, null);
      if (read === 0) break;
      size += BigInt(read);
      take(buffer.subarray(0, read));
    }
    const after = fstatSync(descriptor, { bigint: true });
    if (after.mtimeNs === before.mtimeNs && after.size === size) return;
    throw new ConfigError(
      "CONFIG_INVALID",
      `${name} was written to while it was read; run this again when it is complete.`,
    );
  });
}

function withDescriptor<T>(path: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(path, "r");
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
