import { canonicalEntries } from "../src/entries.ts";
import type { SourceFile } from "../src/entries.ts";
import { encodeOpaManifest } from "../src/opa-manifest.ts";
import type { OpaManifest } from "../src/opa-manifest.ts";
import { checksum, encodeTar } from "../src/tar.ts";

export const OPA_MANIFEST: OpaManifest = {
  revision: "3",
  roots: ["a", "config"],
  rego_version: 1,
  metadata: { packId: "test-pack-v0", previousDigest: null, entrypoints: ["a/allow"], opaVersion: "1.2.3" },
};

export function file(path: string, text = ""): SourceFile {
  return { path, bytes: Buffer.from(text) };
}

/** What every built pack holds at least. */
export function packFiles(): SourceFile[] {
  return [
    { path: "opa/.manifest", bytes: encodeOpaManifest(OPA_MANIFEST) },
    file("opa/a/a.rego", "package a\n"),
    file("opa/a/a_test.rego", "package a_test\n"),
    file("opa/policy.wasm", "\0asm"),
    file("data/config/x/data.json", '{"limit": 3}'),
    file("README.md", "# Test\n"),
    file("signing/README.md", "nobody\n"),
  ];
}

export function tarOf(files: readonly SourceFile[] = packFiles()): Buffer {
  return Buffer.from(encodeTar(canonicalEntries(files)));
}

/** The offset of the header whose stored name it is. */
export function headerAt(tar: Buffer, name: string): number {
  for (let offset = 0; offset < tar.length; offset += 512) {
    if (tar.subarray(offset, offset + name.length + 1).equals(Buffer.from(`${name}\0`))) return offset;
  }
  throw new Error(`no header ${name}`);
}

/** Changes one header and makes its checksum right again. */
export function forge(tar: Buffer, name: string, change: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(tar);
  const header = copy.subarray(headerAt(copy, name), headerAt(copy, name) + 512);
  change(header);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return copy;
}

/** A repeatable source of numbers below `limit` (mulberry32). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
