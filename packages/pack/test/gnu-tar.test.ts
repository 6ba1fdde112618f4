import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { canonicalEntries } from "../src/entries.ts";
import type { SourceFile } from "../src/entries.ts";
import { encodeTar } from "../src/tar.ts";
import { createRandom } from "./files.ts";

const FORM = "--sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=ustar --mode=ug-s,a-x,u=rwX,go=rX";
const isGnu = String(spawnSync("tar", ["--version"]).stdout).includes("GNU tar");
const itWithGnuTar = isGnu ? it : it.skip;
const SEGMENTS = [
  "a",
  "a-b",
  "a.d",
  "a b",
  "a0",
  "aa",
  "Z",
  "-x",
  "ä",
  "\u{1f600}",
  "\uff5e",
  "~",
  "+",
  "!",
  "n".repeat(60),
];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-pack-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A tree with no twins: what `canonicalEntries` refuses for a reason of its own is left out. */
function randomTree(random: (limit: number) => number): SourceFile[] {
  let files: SourceFile[] = ["opa/a", "data/data.json", "README.md", "signing/s"].map((path) => toFile(path, random));
  for (let count = random(40); count > 0; count -= 1) {
    const top = ["opa", "data", "signing"][random(3)] ?? "opa";
    const names = Array.from({ length: 1 + random(4) }, () => SEGMENTS[random(SEGMENTS.length)] ?? "a");
    const next = [...files, toFile([top, ...names].join("/"), random)];
    try {
      canonicalEntries(next);
      files = next;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "SOURCE_INVALID" });
    }
  }
  return files;
}

function toFile(path: string, random: (limit: number) => number): SourceFile {
  return { path, bytes: Buffer.alloc(random(3) * 512 + random(3), "x") };
}

function gnuTar(files: readonly SourceFile[], random: (limit: number) => number): Buffer {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, path), bytes);
    chmodSync(join(folder, path), [0o600, 0o644, 0o666, 0o755][random(4)] ?? 0o600);
  }
  const args = ["-cf", "-", ...FORM.split(" "), "-C", folder, "./opa", "./data", "./README.md", "./signing"];
  const { stdout, stderr } = spawnSync("tar", args, { maxBuffer: 64 * 1024 * 1024 });
  expect(stderr.toString()).toBe("");
  return stdout;
}

describe("encodeTar beside GNU tar", () => {
  itWithGnuTar.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    "when given the odd tree of seed %i returns the same bytes [needs GNU tar]",
    (seed) => {
      const random = createRandom(seed);
      const files = randomTree(random);
      const ours = encodeTar(canonicalEntries(files));
      expect(Buffer.compare(ours, gnuTar(files, random))).toBe(0);
    },
  );

  itWithGnuTar("when names have every length around the split returns the same bytes [needs GNU tar]", () => {
    const files = ["opa/a", "data/data.json", "README.md", "signing/s"].map((path) => toFile(path, () => 1));
    for (let length = 60; length <= 98; length += 1) {
      files.push(toFile(`opa/${"f".repeat(length)}/${"g".repeat(140 - length)}/${"n".repeat(length)}`, () => 1));
    }
    for (let length = 80; length <= 93; length += 1) files.push(toFile(`data/${"m".repeat(length)}`, () => 0));
    expect(
      Buffer.compare(
        encodeTar(canonicalEntries(files)),
        gnuTar(files, () => 0),
      ),
    ).toBe(0);
  });
});
