import { createHash } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { digestFromHex, messageOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { isUnwritten, readOpenStamp } from "./file-stamp.ts";
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
   * Writes the file's bytes and ends the response; reads one piece ahead into a second buffer.
   * @throws Error when the client goes away, or when someone writes into the file meanwhile: then the response is left
   * unfinished, never finished with other bytes
   */
  async sendTo(response: ServerResponse): Promise<void> {
    const closed = once(response, "close").then(() => {
      throw new Error("The client closed the connection.");
    });
    closed.catch(messageOf);
    const pieceBytes = this.#pieceBytes();
    let [buffer, other] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
    let next = this.#read(buffer, 0);
    for (let position = 0; position < this.size;) {
      const piece = await next;
      position += piece.length;
      [buffer, other] = [other, buffer];
      // The other buffer is free: its piece was handed to the system before this one was waited for.
      if (position < this.size) next = this.#read(buffer, position);
      // A failure counts when its turn comes, not before.
      next.catch(messageOf);
      await Promise.race([write(response, piece), closed]);
    }
    response.end();
  }

  /** Smaller the more answers there are: each keeps two pieces for as long as its reader likes. */
  #pieceBytes(): number {
    const share = Math.floor(LIMITS.maxPieceMemoryBytes / 2 / this.#holders);
    return Math.max(LIMITS.minPieceBytes, Math.min(LIMITS.pieceBytes, share));
  }

  async #read(buffer: Buffer, position: number): Promise<Buffer> {
    const { bytesRead } = await this.#handle.read(buffer, 0, Math.min(buffer.length, this.size - position), position);
    if (bytesRead === 0 || !isUnwritten(this.#stamp, readOpenStamp(this.#handle.fd))) {
      throw new Error("The file was written to while it was sent.");
    }
    return buffer.subarray(0, bytesRead);
  }
}

/** Resolves when the bytes are handed to the system, so that their buffer may be used again. */
function write(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
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
