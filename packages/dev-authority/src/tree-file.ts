import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { ConfigError } from "@policy-pack/pack";
import {
  HASH_SIZE,
  hashesToAppend,
  inclusionProof,
  leafCount,
  leafHash,
  rootHash,
  storedCount,
} from "./merkle-tree.ts";
import { unwritable } from "./store.ts";

/** The place of a new entry in the tree that it completes. */
export interface Inclusion {
  readonly index: number;
  readonly treeSize: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Appends an entry to the tree kept in the file and returns its proof, once the file is on the disk. What a killed
 * append left half-written is cut off first. The caller holds the lock.
 * @param lastHead the newest head that was signed: the tree must still contain it
 * @throws ConfigError AUTHORITY_INVALID when the file does not hold what was signed, OUTPUT_FAILED
 */
export function appendEntry(path: string, entry: Uint8Array, lastHead: TreeHead): Inclusion {
  const file = openTree(path);
  try {
    const index = leafCount(Math.floor(fstatSync(file).size / HASH_SIZE));
    const read = (position: number) => readHash(file, position, path);
    if (index < lastHead.size || !Buffer.from(lastHead.root).equals(rootHash(lastHead.size, read))) throw damaged(path);
    const hashes = hashesToAppend(leafHash(entry), index, read);
    writeTail({ file, path }, Buffer.concat(hashes), storedCount(index) * HASH_SIZE);
    const treeSize = index + 1;
    return { index, treeSize, root: rootHash(treeSize, read), path: inclusionProof(index, treeSize, read) };
  } finally {
    closeSync(file);
  }
}

function openTree(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    throw damaged(path, error);
  }
}

function readHash(file: number, position: number, path: string): Uint8Array {
  const hash = Buffer.alloc(HASH_SIZE);
  if (readSync(file, hash, 0, HASH_SIZE, position * HASH_SIZE) !== HASH_SIZE) throw damaged(path);
  return hash;
}

/** Makes the bytes the file's last ones, from the position on. */
function writeTail({ file, path }: { file: number; path: string }, bytes: Uint8Array, position: number): void {
  try {
    ftruncateSync(file, position);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(file, bytes, done, bytes.length - done, position + done);
    }
    fsyncSync(file);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function damaged(path: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "AUTHORITY_INVALID",
    `${path} is damaged: it does not hold the entries that were signed; delete the development authority's folder to start anew.`,
    { cause },
  );
}
