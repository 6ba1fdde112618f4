import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { rootOfProof } from "../../src/log/merkle.ts";

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash("sha256").update(Buffer.concat(parts)).digest();
const leafOf = (index: number): Buffer => Buffer.from(`leaf ${index}`);

/** RFC 6962, 2.1, as it is written: the largest power of two below n splits the tree. */
function treeHash(from: number, to: number): Buffer {
  if (to - from === 1) return sha256(Buffer.from([0]), leafOf(from));
  const middle = from + splitOf(to - from);
  return sha256(Buffer.from([1]), treeHash(from, middle), treeHash(middle, to));
}

function proofOf(index: number, from: number, to: number): Buffer[] {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...proofOf(index, from, middle), treeHash(middle, to)]
    : [...proofOf(index, middle, to), treeHash(from, middle)];
}

function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

describe("rootOfProof", () => {
  it("when the leaf is in the tree returns the root, for every leaf of every size up to 33", () => {
    for (let size = 1; size <= 33; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const root = rootOfProof(leafOf(index), BigInt(index), BigInt(size), proofOf(index, 0, size));
        expect(root.equals(treeHash(0, size))).toBe(true);
      }
    }
  });

  it("when the leaf is claimed to stand elsewhere does not return the root", () => {
    const proof = proofOf(3, 0, 7);
    const roots = [0, 1, 2].map((index) => rootOfProof(leafOf(3), BigInt(index), 7n, proof));
    expect(roots.some((root) => root.equals(treeHash(0, 7)))).toBe(false);
  });

  it("when the leaf is another does not return the root", () => {
    expect(rootOfProof(leafOf(4), 3n, 7n, proofOf(3, 0, 7)).equals(treeHash(0, 7))).toBe(false);
  });

  it.each([
    ["is too short", 3n, 7n, proofOf(3, 0, 7).slice(1)],
    ["is too long", 3n, 7n, [...proofOf(3, 0, 7), Buffer.alloc(32)]],
    ["has a hash of another length", 3n, 7n, [Buffer.alloc(31), ...proofOf(3, 0, 7).slice(1)]],
    ["is for an index beyond the tree", 7n, 7n, proofOf(3, 0, 7)],
    ["is for an empty tree", 0n, 0n, []],
  ])("when the proof %s throws", (_, index, size, hashes) => {
    expect(() => rootOfProof(leafOf(3), index, size, hashes)).toThrow(MalformedError);
  });
});
