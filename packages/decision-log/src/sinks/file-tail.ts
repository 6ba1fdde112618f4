import type { FileHandle } from "node:fs/promises";

import { digestOf, FormatError } from "@policy-pack/pack";

import type { ChainHead } from "../chain.ts";
import { parseChained } from "../record.ts";

/** How a log's file ends. */
export interface FileTail {
  /** Behind the last whole line. */
  readonly end: number;
  /** The chain as of the last line; undefined for an empty file. */
  readonly head: ChainHead | undefined;
  /** Bytes behind that line: a record that a crash cut. */
  readonly tornBytes: number;
}

const LINE_FEED = 0x0a;
const STEP_BYTES = 64 * 1024;

/**
 * Reads the last whole line of a log. The lines before it are not looked at: `verifyDecisionLog` does that.
 *
 * @throws FormatError DECISION_LOG_INVALID when the file is none of ours
 */
export async function readTail(file: FileHandle, path: string, maxLineBytes: number): Promise<FileTail> {
  const { size } = await file.stat();
  const text = await readBack(file, size, maxLineBytes);
  const lastFeed = text.lastIndexOf(LINE_FEED);
  const tornBytes = text.length - 1 - lastFeed;
  if (lastFeed === -1) {
    // Nothing but one torn line; anything longer than a record is no log.
    if (size > text.length) throw notOurs(path, "its last line is longer than any record");
    return { end: 0, head: undefined, tornBytes };
  }
  const start = text.lastIndexOf(LINE_FEED, lastFeed - 1) + 1;
  const line = text.subarray(start, lastFeed);
  const record = parseChained(line);
  if (record === undefined) throw notOurs(path, "its last line is no chained record");
  const head = { id: record.id, length: record.sequence + 1, digest: digestOf(line) };
  return { end: size - tornBytes, head, tornBytes };
}

/** The end of the file, from before the last whole line on. */
async function readBack(file: FileHandle, size: number, maxLineBytes: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < size && bytes.length <= 2 * maxLineBytes) {
    const length = Math.min(Math.max(STEP_BYTES, bytes.length), size - bytes.length);
    const piece = Buffer.alloc(length);
    await file.read(piece, 0, length, size - bytes.length - length);
    bytes = Buffer.concat([piece, bytes]);
    const lastFeed = bytes.lastIndexOf(LINE_FEED);
    if (lastFeed > 0 && bytes.lastIndexOf(LINE_FEED, lastFeed - 1) !== -1) break;
  }
  return bytes;
}

function notOurs(path: string, why: string): FormatError {
  return new FormatError("DECISION_LOG_INVALID", `${path} is not appended to: ${why}. Name another file.`);
}
