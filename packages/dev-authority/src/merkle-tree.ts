import { createHash } from "node:crypto";

/**
 * An RFC 6962 Merkle tree over hashes that are stored in the order in which they become known: after each leaf, the
 * nodes that it completes. So appending only ever writes at the end, and a proof reads a few hashes, not the log.
 */

export const HASH_SIZE = 32;

/** The stored hash at a position, counted in hashes. */
export type ReadHash = (position: number) => Uint8Array;

/** How many hashes are stored for that many leaves; also the position of the next leaf. */
export function storedCount(leaves: number): number {
  let count = 0;
  for (let rest = leaves; rest > 0; rest = Math.floor(rest / 2)) count += rest;
  return count;
}

/** The most leaves whose hashes are all among so many stored ones. */
export function leafCount(stored: number): number {
  let leaves = Math.floor(stored / 2);
  while (storedCount(leaves + 1) <= stored) leaves++;
  return leaves;
}

/** SHA-256(0x00 ‖ entry). Source: RFC 6962, 2.1. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash("sha256")
    .update(Buffer.from([0]))
    .update(entry)
    .digest();
}

/** The hashes to store for one more leaf: its own, then those of the nodes that it completes, from the bottom up. */
export function hashesToAppend(leaf: Uint8Array, leaves: number, read: ReadHash): Uint8Array[] {
  const hashes = [leaf];
  let top = leaf;
  for (let width = 1; (leaves + 1) % (width * 2) === 0; width *= 2) {
    top = nodeHash(range(leaves + 1 - width * 2, leaves + 1 - width, read), top);
    hashes.push(top);
  }
  return hashes;
}

/** The root of the tree over the first so many leaves. Source: RFC 6962, 2.1. */
export function rootHash(leaves: number, read: ReadHash): Uint8Array {
  return leaves === 0 ? createHash("sha256").digest() : range(0, leaves, read);
}

/** The path from a leaf to the root, nearest sibling first. Source: RFC 6962, 2.1.1. */
export function inclusionProof(index: number, leaves: number, read: ReadHash): Uint8Array[] {
  const path: Uint8Array[] = [];
  let [start, end] = [0, leaves];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.unshift(range(middle, end, read));
      end = middle;
    } else {
      path.unshift(range(start, middle, read));
      start = middle;
    }
  }
  return path;
}

/** The hash over the leaves from start to before end; start is where a complete tree of that many can stand. */
function range(start: number, end: number, read: ReadHash): Uint8Array {
  const width = end - start;
  const level = Math.log2(width);
  if (Number.isInteger(level)) return read(storedCount(end - 1) + level);
  const middle = start + splitOf(width);
  return nodeHash(range(start, middle, read), range(middle, end, read));
}

/** The largest power of two below the width. */
function splitOf(width: number): number {
  let split = 1;
  while (split * 2 < width) split *= 2;
  return split;
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256")
    .update(Buffer.from([1]))
    .update(left)
    .update(right)
    .digest();
}
