import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { rootHash } from "../src/merkle-tree.ts";
import { appendEntry } from "../src/tree-file.ts";
import { codeOf, createFolderForTests } from "./support/folder.ts";

const folder = createFolderForTests();
const emptyHead = { size: 0, root: rootHash(0, () => new Uint8Array()) };

function grownFile(name: string, entries: number): { path: string; head: { size: number; root: Uint8Array } } {
  const path = join(folder, name);
  writeFileSync(path, "");
  let head = emptyHead;
  for (let index = 0; index < entries; index++) {
    const { treeSize, root } = appendEntry(path, Buffer.from(`entry ${index}`), head);
    head = { size: treeSize, root };
  }
  return { path, head };
}

describe("appendEntry", () => {
  it("counts on from what the file holds", () => {
    const { path, head } = grownFile("counts", 5);
    expect(appendEntry(path, Buffer.from("x"), head)).toMatchObject({ index: 5, treeSize: 6 });
  });

  it("cuts off what a killed append left half-written", () => {
    const whole = grownFile("whole", 4);
    const torn = grownFile("torn", 3);
    // The fourth entry completes three nodes; only its first hash and a bit of the second got to the disk.
    appendFileSync(torn.path, readFileSync(whole.path).subarray(statSync(torn.path).size).subarray(0, 50));
    const { root } = appendEntry(torn.path, Buffer.from("entry 3"), torn.head);
    expect(root).toEqual(whole.head.root);
    expect(readFileSync(torn.path)).toEqual(readFileSync(whole.path));
  });

  it("keeps an entry whose head nobody signed before the kill", () => {
    const before = grownFile("unsigned", 2);
    appendEntry(before.path, Buffer.from("lost"), before.head);
    expect(appendEntry(before.path, Buffer.from("next"), before.head)).toMatchObject({ index: 3 });
  });

  it("throws when entries that were signed are gone", async () => {
    const { path, head } = grownFile("short", 3);
    truncateSync(path, 32);
    expect(await codeOf(() => appendEntry(path, Buffer.from("x"), head))).toBe("AUTHORITY_INVALID");
  });

  it("throws when a hash under the signed root was changed", async () => {
    const { path, head } = grownFile("changed", 4);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
    expect(await codeOf(() => appendEntry(path, Buffer.from("x"), head))).toBe("AUTHORITY_INVALID");
  });
});
