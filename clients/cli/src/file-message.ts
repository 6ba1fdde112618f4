import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import type { Message } from "@policy-pack/sign";
import type { Artifact } from "@policy-pack/verify";
import { digestFromHex } from "@policy-pack/pack";
import { CLI_LIMITS } from "./limits.ts";
import { reading, readInputFile } from "./read.ts";
import { eachPiece, readRegularFile, regularSize } from "./regular-file.ts";
import type { Terminal } from "./terminal.ts";

const WHAT = "The file";
const PIECE_BYTES = 1024 * 1024;

/** A file to sign. */
export interface FileMessage extends Message {
  /** The bytes, where they are held in memory. */
  readonly bytes?: Uint8Array;
}

/**
 * The file as a message: a small one, or a pipe, is read once and held; a larger one is hashed now and read again by
 * who signs its bytes, so that memory does not grow with it. Should it change in between, the signature is over other
 * bytes than the digest, and verifying it fails.
 * @param origin what makes the file, for when there is none: "policy-pack build"
 * @throws ConfigError CONFIG_INVALID; FormatError LIMIT_EXCEEDED for a pipe beyond the cap
 */
export async function readMessage(terminal: Terminal, file: string, origin: string | undefined): Promise<FileMessage> {
  const { toMessage } = await import("@policy-pack/sign");
  const path = resolve(terminal.cwd, file);
  const held = await reading(WHAT, file, origin, async () => {
    const size = regularSize(path);
    if (size === undefined) {
      return readInputFile(terminal, file, { what: WHAT, maxBytes: CLI_LIMITS.maxArtifactBytes, origin });
    }
    return size > CLI_LIMITS.maxHeldArtifactBytes ? undefined : readRegularFile(path, CLI_LIMITS.maxArtifactBytes);
  });
  if (held !== undefined) return { ...toMessage(held), bytes: held };
  const digest = await reading(WHAT, file, origin, () => hashFile(path, `${WHAT} ${file}`));
  return { digest, chunks: () => piecesOf(path) };
}

/** What the signature is verified against: the digest, or the bytes where the key or their being at hand says so. */
export async function artifactOf(message: FileMessage, needsBytes: boolean): Promise<Artifact> {
  if (message.bytes !== undefined) return { bytes: message.bytes };
  if (!needsBytes) return { digest: digestFromHex(Buffer.from(message.digest).toString("hex")) };
  const pieces: Uint8Array[] = [];
  for await (const piece of message.chunks()) pieces.push(Buffer.from(piece));
  return { bytes: Buffer.concat(pieces) };
}

function hashFile(path: string, name: string): Uint8Array {
  const hash = createHash("sha256");
  eachPiece(path, name, (piece) => hash.update(piece));
  return hash.digest();
}

function* piecesOf(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, "r");
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    for (;;) {
      const read = readSync(descriptor, buffer, 0, PIECE_BYTES, null);
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}
