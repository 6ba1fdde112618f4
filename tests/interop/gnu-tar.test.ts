import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildPack } from "@policy-pack/build";
import { canonicalEntries, ConfigError, decodeTar, encodeTar, packPaths } from "@policy-pack/pack";
import type { PackEntry, SourceFile } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { list } from "tar";
import { CANONICAL_FLAGS, findGnuTar, TOP_PATHS } from "./gnu-tar.ts";
import { copySource } from "./pack-copy.ts";
import { chooseSeed, createRandom } from "./random.ts";
import type { Random } from "./random.ts";

const GNU_TAR = findGnuTar();
const SEED = chooseSeed();
const TREES = 30;

let dir: TempDir;
let work: string;
let pack: Uint8Array;

beforeAll(async () => {
  dir = await createTempDir();
  work = join(dir.path, "work");
  pack = await buildRealPack();
});

afterAll(() => dir.remove());

const file = (path: string, text = path): SourceFile => ({ path, bytes: Buffer.from(text) });

/** Every one of the four names that the command gives must be there. */
const FRAME = [file("opa/a.rego"), file("data/data.json", "{}"), file("README.md"), file("signing/README.md")];

function encode(files: readonly SourceFile[]): Uint8Array {
  return encodeTar(canonicalEntries(files));
}

function freshFolder(): string {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  return work;
}

function repack(folder: string): Buffer {
  const args = ["--create", "--file=-", ...CANONICAL_FLAGS, "-C", folder, ...TOP_PATHS];
  return execFileSync(GNU_TAR ?? "tar", args, { maxBuffer: 2 ** 27 });
}

/** Unpacks by GNU tar and packs again by GNU tar. */
function throughGnuTar(bytes: Uint8Array, between: (folder: string) => void = () => undefined): Buffer {
  const folder = freshFolder();
  execFileSync(GNU_TAR ?? "tar", ["--extract", "--file=-", "-C", folder], { input: bytes });
  between(folder);
  return repack(folder);
}

/** Names both arrays' difference instead of printing two archives. */
function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  expect({ length: actual.length, firstDifference: at }).toEqual({ length: expected.length, firstDifference: -1 });
}

/** A segment with what sorts, splits or spells oddly; never one that the format refuses. */
function drawSegment(random: Random): string {
  const ends = ["a", "b", "z0", "é", "ÿ", "日本", "𝔘", "_"];
  const middles = ["", "-", ".", " ", "~", "!", "a", "é", "-b", ".rego", "x".repeat(40), "日".repeat(9)];
  return `${random.pick(ends)}${random.pick(middles)}${random.pick(middles)}${random.pick(ends)}`;
}

/** A tree of names that the format takes; what it refuses (twins, names that fit no header) is drawn again. */
function drawTree(random: Random): readonly SourceFile[] {
  let files: readonly SourceFile[] = FRAME;
  const folders = ["opa", "data", "signing", "opa/a", "data/a"];
  const wanted = files.length + 5 + random.below(40);
  for (let draw = 0; files.length < wanted && draw < 400; draw++) {
    const path = `${random.pick(folders)}/${drawSegment(random)}`;
    if (random.chance(0.4)) folders.push(path);
    const next = [...files, { path: `${path}/${drawSegment(random)}`, bytes: drawBytes(random) }];
    if (isTaken(next)) files = next;
  }
  return files;
}

function drawBytes(random: Random): Uint8Array {
  const size = random.pick([0, 1, 511, 512, 513, random.below(5_000)]);
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function isTaken(files: readonly SourceFile[]): boolean {
  try {
    return canonicalEntries(files).length > 0;
  } catch (error) {
    if (error instanceof ConfigError && error.code === "SOURCE_INVALID") return false;
    throw error;
  }
}

/** Other modes and times than the archive's, as a clone or an editor leaves them. */
function disturb(random: Random): (folder: string) => void {
  return (folder) => {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      chmodSync(path, random.pick(entry.isDirectory() ? [0o700, 0o2775, 0o755] : [0o600, 0o644, 0o755, 0o4777]));
      utimesSync(path, random.below(2 ** 31), random.below(2 ** 31));
    }
  };
}

/** Writes the files in the order given, without any archive. */
function writeTree(folder: string, files: readonly SourceFile[]): void {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** One file whose stored name (`./` counted) has that many bytes, its last `/` before the last `name` bytes. */
function nameOf(stored: number, name: number): SourceFile | undefined {
  const folders = stored - "./opa/".length - name - 1;
  return folders < 1 ? undefined : file(`opa/${"f".repeat(folders)}/${"n".repeat(name)}`);
}

async function buildRealPack(): Promise<Uint8Array> {
  const paths = packPaths(join(dir.path, "pack"), "policy-pack-v0");
  await copySource(paths.source);
  await buildPack({ sourceDir: paths.source, outDir: paths.output, opa: await findTestOpa() });
  return readFileSync(paths.tar);
}

(GNU_TAR === undefined ? describe.skip : describe)(`GNU tar [needs GNU tar] with seed ${SEED}`, () => {
  it("gives the same bytes for the real pack", () => {
    expectSameBytes(throughGnuTar(pack), pack);
    expectSameBytes(throughGnuTar(pack, disturb(createRandom(SEED))), pack);
  });

  it.each([
    ["a name that begins another", ["a", "a.rego", "a-b/x", "a b/x", "ab/x", "a0/x"].map((name) => `opa/t/${name}`)],
    ["a folder's children before what sorts after its name", ["opa/a/z", "opa/a-b", "opa/a.b", "opa/a0", "opa/a!/x"]],
    ["upper case before lower case", ["opa/Z", "opa/a1", "opa/_", "opa/B/x"]],
    ["bytes of UTF-8, not UTF-16", ["opa/\u{1d518}", "opa/\uffee", "opa/é", "opa/z", "opa/日本/語"]],
    ["spaces and quotes", ["opa/a b", "opa/it's", "opa/a$b", "opa/`x`", "opa/-rf", "opa/--help/x", "opa/@x"]],
    ["names that begin with a dot", ["opa/.x", "opa/..x", "opa/...y/z", "data/.hidden/data.json"]],
  ])("gives the same bytes for %s", (_, paths) => {
    const files = [...FRAME, ...paths.map((path) => file(path))];
    expectSameBytes(throughGnuTar(encode(files)), encode(files));
  });

  it("gives the same bytes at every length that a header can hold, split at every place", () => {
    const names = [1, 2, 50, 94, 99, 100];
    const files = names.flatMap((name) =>
      Array.from({ length: 166 }, (_, index) => nameOf(90 + index, name)).filter((made) => made !== undefined),
    );
    const taken = files.filter((made) => isTaken([made]));
    expect(taken.length).toBeGreaterThan(400);
    for (let start = 0; start < taken.length; start += 60) {
      const tree = [...FRAME, ...taken.slice(start, start + 60)];
      expectSameBytes(throughGnuTar(encode(tree)), encode(tree));
    }
  });

  it("gives the same bytes for random trees, with other modes and times", () => {
    const random = createRandom(SEED);
    for (let tree = 0; tree < TREES; tree++) {
      const bytes = encode(drawTree(random));
      expectSameBytes(throughGnuTar(bytes, disturb(random)), bytes);
    }
  });

  it("gives the same bytes for a folder that was never an archive, in whatever order it was written", () => {
    const random = createRandom(SEED + 1);
    const files = drawTree(random);
    const folder = freshFolder();
    writeTree(
      folder,
      files.toSorted(() => random.next() - 0.5),
    );
    expectSameBytes(repack(folder), encode(files));
  });
});

interface ReadEntry {
  readonly path: string;
  readonly kind: "folder" | "file";
  readonly bytes: string;
}

/** What node-tar reads, warnings as errors. */
function readByNodeTar(bytes: Uint8Array): readonly (ReadEntry & { readonly stat: unknown })[] {
  const path = join(dir.path, "second-reader.tar");
  writeFileSync(path, bytes);
  const found: (ReadEntry & { stat: unknown })[] = [];
  list({
    file: path,
    sync: true,
    strict: true,
    onReadEntry: (entry) => {
      const chunks: Buffer[] = [];
      const kind = entry.type === "Directory" ? "folder" : "file";
      const stat = { mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: entry.mtime?.getTime() };
      entry.on("data", (chunk: Buffer) => chunks.push(chunk));
      entry.on("end", () => {
        found.push({ path: entry.path, kind, bytes: Buffer.concat(chunks).toString("hex"), stat });
      });
    },
  });
  return found;
}

function toReadEntry({ path, kind, bytes }: PackEntry): ReadEntry & { readonly stat: unknown } {
  const stat = { mode: kind === "folder" ? 0o755 : 0o644, uid: 0, gid: 0, mtime: 0 };
  return {
    path: kind === "folder" ? `./${path}/` : `./${path}`,
    kind,
    bytes: Buffer.from(bytes).toString("hex"),
    stat,
  };
}

describe(`node-tar with seed ${SEED}`, () => {
  it("reads the same entries as ours out of the real pack", () => {
    expect(readByNodeTar(pack)).toEqual(decodeTar(pack).map(toReadEntry));
  });

  it("reads the same entries as were written, for random trees", () => {
    const random = createRandom(SEED);
    for (let tree = 0; tree < TREES; tree++) {
      const entries = canonicalEntries(drawTree(random));
      expect(readByNodeTar(encodeTar(entries))).toEqual(entries.map(toReadEntry));
    }
  });
});
