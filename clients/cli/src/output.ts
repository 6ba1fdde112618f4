import { fstatSync, writeSync } from "node:fs";
import type { OutputStream } from "./terminal.ts";

/**
 * stdout or stderr without Node's stream where none is needed: opening one takes longer than a whole answer's writing.
 * Terminals get the stream, and so does whatever cannot be written at once (a full pipe that does not block, a reader that
 * went away, a full disk), so that failures are told as Node tells them.
 * @param open Node's stream of the same descriptor, asked for at most once
 */
export function createOutput(descriptor: number, open: () => NodeJS.WriteStream): OutputStream {
  if (!isPipeOrFile(descriptor)) return open();
  let stream: NodeJS.WriteStream | undefined;
  return {
    get isClosed() {
      return stream?.writable === false;
    },
    write: (text) => {
      const rest = stream === undefined ? writeNow(descriptor, Buffer.from(text)) : Buffer.from(text);
      if (rest.byteLength === 0) return;
      stream ??= open();
      stream.write(rest);
    },
  };
}

function isPipeOrFile(descriptor: number): boolean {
  if (process.platform === "win32") return false; // Writing to a pipe there is no matter of one call.
  try {
    const stats = fstatSync(descriptor);
    return stats.isFIFO() || stats.isSocket() || stats.isFile();
  } catch {
    return false;
  }
}

/** What could not be written. */
function writeNow(descriptor: number, bytes: Uint8Array): Uint8Array {
  let written = 0;
  try {
    while (written < bytes.byteLength) written += writeSync(descriptor, bytes, written);
  } catch {
    // The stream meets the same obstacle and says so, or waits.
  }
  return bytes.subarray(written);
}
