import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { EventEmitter } from "node:events";
import { open, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readStamp } from "../src/file-stamp.ts";
import { LIMITS } from "../src/limits.ts";
import { SharedFile } from "../src/shared-file.ts";

const SIZE = 1024 * 1024 + 7;

let temp: TempDir;

beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

/** The lengths of the pieces that an answer is sent in while others send from the same file. */
async function piecesAmong(others: number): Promise<number[]> {
  const path = join(temp.path, "pack.tar");
  await writeFile(path, Buffer.alloc(SIZE));
  const stamp = readStamp(path);
  if (stamp === undefined) throw new Error("the file is not there");
  const file = new SharedFile(await open(path), stamp);
  for (let i = 0; i < others; i += 1) file.retain();
  const lengths: number[] = [];
  const response = Object.assign(new EventEmitter(), {
    write: (piece: Buffer, done: () => void) => {
      lengths.push(piece.length);
      done();
    },
    end: () => undefined,
  });
  await file.sendTo(response as unknown as ServerResponse);
  for (let i = 0; i < others + 1; i += 1) file.release();
  return lengths;
}

describe("SharedFile.sendTo", () => {
  it.each([
    [1, LIMITS.pieceBytes],
    [1_000, Math.floor(LIMITS.maxPieceMemoryBytes / 2 / 1_001)],
    [LIMITS.maxConnections, LIMITS.minPieceBytes],
  ])("among %d others sends the whole file in pieces of %d bytes", async (others, pieceBytes) => {
    const lengths = await piecesAmong(others);
    expect(lengths[0]).toBe(pieceBytes);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(SIZE);
  });
});
