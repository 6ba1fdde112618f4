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
 * @throws ConfigError AUTHORITY_INVALID when the file does not hold what was signed
 */
export function appendEntry(path: string, entry: Uint8Array, lastHead: TreeHead): Inclusion {
  const file = openSync(path, "r+");
  try {
    const index = leafCount(Math.floor(fstatSync(file).size / HASH_SIZE));
    const read = (position: number) => readHash(file, position, path);
    if (index < lastHead.size || !Buffer.from(lastHead.root).equals(rootHash(lastHead.size, read))) throw damaged(path);
    ftruncateSync(file, storedCount(index) * HASH_SIZE);
    writeAll(file, Buffer.concat(hashesToAppend(leafHash(entry), index, read)), storedCount(index) * HASH_SIZE);
    fsyncSync(file);
    const treeSize = index + 1;
    return { index, treeSize, root: rootHash(treeSize, read), path: inclusionProof(index, treeSize, read) };
  } finally {
    closeSync(file);
  }
}

function readHash(file: number, position: number, path: string): Uint8Array {
  const hash = Buffer.alloc(HASH_SIZE);
  if (readSync(file, hash, 0, HASH_SIZE, position * HASH_SIZE) !== HASH_SIZE) throw damaged(path);
  return hash;
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}

function damaged(path: string): ConfigError {
  return new ConfigError(
    "AUTHORITY_INVALID",
    `${path} is damaged: it does not hold the entries that were signed; delete the development authority's folder to start anew.`,
  );
}
