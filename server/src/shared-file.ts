import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { digestFromHex, messageOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { isSameStamp, readOpenStamp } from "./file-stamp.ts";
import type { FileStamp } from "./file-stamp.ts";
import { LIMITS } from "./limits.ts";

/**
 * An open file that several answers send from at once. It stays open, and so keeps its bytes when another file takes its
 * name, until its owner and every reader have released it.
 */
export class SharedFile {
  readonly size: number;
  readonly #handle: FileHandle;
  readonly #stamp: FileStamp;
  #holders = 1;

  constructor(handle: FileHandle, stamp: FileStamp) {
    this.#handle = handle;
    this.#stamp = stamp;
    this.size = Number(stamp.size);
  }

  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    // Later, since who was given the file in this turn of the event loop may not have retained it yet.
    if (this.#holders === 0)
      setImmediate(() => {
        this.#closeUnused();
      });
  }

  #closeUnused(): void {
    // Nothing waits for a close of a file that was only read, and nothing can be done about its failure.
    if (this.#holders === 0) this.#handle.close().catch(messageOf);
  }

  /**
   * The file's bytes in pieces, read ahead by one. Ends with an error, so that the answer is cut off and not finished
   * with other bytes, when someone writes into the file meanwhile.
   */
  async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    let next = this.#read(0);
    for (let position = 0; position < this.size;) {
      const piece = await next;
      position += piece.length;
      if (position < this.size) {
        next = this.#read(position);
        // Awaited in the next round; until then a failure is not to count as unhandled.
        next.catch(messageOf);
      }
      yield piece;
    }
  }

  async #read(position: number): Promise<Buffer> {
    const wanted = Math.min(LIMITS.pieceBytes, this.size - position);
    const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, position);
    if (bytesRead === 0 || !isSameStamp(this.#stamp, readOpenStamp(this.#handle.fd))) {
      throw new Error("The file was written to while it was sent.");
    }
    return buffer.subarray(0, bytesRead);
  }
}

/** The digest of the first `size` bytes, or undefined when the file has fewer. */
export async function digestFile(handle: FileHandle, size: number): Promise<Digest | undefined> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafeSlow(LIMITS.pieceBytes);
  for (let position = 0; position < size;) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, size - position), position);
    if (bytesRead === 0) return undefined;
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
  return digestFromHex(hash.digest("hex"));
}

/** The first `size` bytes, or undefined when the file has fewer. */
export async function readBytes(handle: FileHandle, size: number): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let position = 0; position < size;) {
    const { bytesRead } = await handle.read(bytes, position, size - position, position);
    if (bytesRead === 0) return undefined;
    position += bytesRead;
  }
  return bytes;
}
