import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { hashesToAppend, inclusionProof, leafCount, leafHash, rootHash, storedCount } from "../src/merkle-tree.ts";

/** The inputs that certificate transparency's own implementations test with, and the roots over the first so many. */
const INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

function grow(leaves: readonly Uint8Array[]): { stored: Uint8Array[]; read: (position: number) => Uint8Array } {
  const stored: Uint8Array[] = [];
  const read = (position: number) => {
    const hash = stored[position];
    if (hash === undefined) throw new Error(`position ${position} was never stored`);
    return hash;
  };
  leaves.forEach((leaf, index) => stored.push(...hashesToAppend(leaf, index, read)));
  return { stored, read };
}

const pair = (left: Uint8Array, right: Uint8Array) =>
  createHash("sha256")
    .update(Buffer.from([1]))
    .update(left)
    .update(right)
    .digest();

/** The root that the proof leads to: RFC 9162, 2.1.3.2, written for the test. */
function rootOfProof(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array {
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (node % 2 === 1 || node === last) {
      hash = pair(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = pair(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return hash;
}

describe("rootHash", () => {
  it.each(ROOTS.map((root, size) => [size, root] as const))("over %p entries is the known one", (size, root) => {
    const { read } = grow(INPUTS.slice(0, size).map((input) => leafHash(Buffer.from(input, "hex"))));
    expect(Buffer.from(rootHash(size, read)).toString("hex")).toBe(root);
  });
});

describe("inclusionProof", () => {
  it("leads from every leaf to the root, in trees of 1 to 70 leaves that have grown further since", () => {
    const leaves = Array.from({ length: 70 }, (_, index) => leafHash(Buffer.from([index])));
    const { read } = grow(leaves);
    for (let size = 1; size <= leaves.length; size++) {
      const root = Buffer.from(rootHash(size, read)).toString("hex");
      for (const [index, leaf] of leaves.slice(0, size).entries()) {
        const path = inclusionProof(index, size, read);
        expect(Buffer.from(rootOfProof(leaf, index, size, path)).toString("hex")).toBe(root);
      }
    }
  });
});

describe("storedCount and leafCount", () => {
  it("agree with what appending stores, and a part of an entry's hashes is no entry", () => {
    for (let leaves = 0; leaves < 70; leaves++) {
      const { stored } = grow(Array.from({ length: leaves }, () => leafHash(Buffer.alloc(0))));
      expect(storedCount(leaves)).toBe(stored.length);
      for (let count = storedCount(leaves); count < storedCount(leaves + 1); count++) {
        expect(leafCount(count)).toBe(leaves);
      }
    }
  });
});
