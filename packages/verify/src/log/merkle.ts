import { createHash } from "node:crypto";
import { malformed } from "../encoding/malformed.ts";

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/**
 * The root of the tree in which a leaf of these bytes stands at the index, by its inclusion proof (RFC 9162, 2.1.3.2).
 * Throws MalformedError when the proof has another length than the tree asks for.
 */
export function rootOfProof(body: Uint8Array, index: bigint, treeSize: bigint, hashes: readonly Buffer[]): Buffer {
  if (index >= treeSize) malformed("stands beyond the end of the log");
  let position = index;
  let last = treeSize - 1n;
  let root = sha256(LEAF, body);
  for (const hash of hashes) {
    if (last === 0n) malformed("has a longer proof than its tree");
    if (hash.length !== 32) malformed("has a proof hash that is not 32 bytes");
    if ((position & 1n) === 1n || position === last) {
      root = sha256(NODE, hash, root);
      // A node without a right sibling moves up unhashed, as far as it stays the last one. It is not 0, as the last is not.
      while ((position & 1n) === 0n) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      root = sha256(NODE, root, hash);
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : malformed("has a shorter proof than its tree");
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
