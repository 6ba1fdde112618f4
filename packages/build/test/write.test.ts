import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { NODE_FILE_SYSTEM } from "../src/file-system.ts";
import type { FileSystem } from "../src/file-system.ts";
import { writePack } from "../src/write.ts";
import type { OutputFile } from "../src/write.ts";

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

const NAMES = ["out/p.tar", "out/p.bundle.tar.gz", "src/manifest.json"];
const outputs = (version: string): OutputFile[] =>
  NAMES.map((name) => ({ path: join(temp.path, name), bytes: Buffer.from(`${version} ${name}`) }));
const versions = (): (string | undefined)[] =>
  NAMES.map((name) => readFileSync(join(temp.path, name), "utf8").split(" ")[0]);
const names = (): string[] => ["out", "src"].flatMap((folder) => readdirSync(join(temp.path, folder))).sort();

/** The real file system whose n-th act fails, and every act on the way named. */
function failing(at: number, code: string, acts: string[] = []): FileSystem {
  const act = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    acts.push(name);
    if (acts.length - 1 === at) throw Object.assign(new Error(`${code}: ${name}`), { code });
    return work();
  };
  return {
    makeFolder: (path) => act("makeFolder", () => NODE_FILE_SYSTEM.makeFolder(path)),
    writeNew: (path, bytes) => act("writeNew", () => NODE_FILE_SYSTEM.writeNew(path, bytes)),
    rename: (from, to) => act(`rename ${to}`, () => NODE_FILE_SYSTEM.rename(from, to)),
    remove: (path) => NODE_FILE_SYSTEM.remove(path),
    syncFolder: (path) => act("syncFolder", () => NODE_FILE_SYSTEM.syncFolder(path)),
    readIfSize: (path, size) => act("readIfSize", () => NODE_FILE_SYSTEM.readIfSize(path, size)),
    names: (folder) => act("names", () => NODE_FILE_SYSTEM.names(folder)),
  };
}

describe("writePack", () => {
  it("when nothing is there writes all, 0644 whatever the umask, and nothing else", async () => {
    const before = process.umask(0o077);
    try {
      expect(await writePack(outputs("1"))).toEqual(outputs("1").map(({ path }) => path));
    } finally {
      process.umask(before);
    }
    expect(versions()).toEqual(["1", "1", "1"]);
    expect(names()).toEqual(["manifest.json", "p.bundle.tar.gz", "p.tar"]);
    expect(statSync(join(temp.path, "out/p.tar")).mode & 0o777).toBe(0o644);
  });

  it("when bytes are unchanged leaves the files alone", async () => {
    await writePack(outputs("1"));
    for (const { path } of outputs("1")) utimesSync(path, 1, 1);
    expect(await writePack(outputs("1"))).toEqual([]);
    for (const { path } of outputs("1")) expect(statSync(path).mtimeMs).toBe(1_000);
  });

  it("when some bytes change, of the same length too, writes those alone", async () => {
    await writePack(outputs("1"));
    const [tar, ...others] = outputs("2");
    expect(await writePack([...(tar ? [tar] : []), ...outputs("1").slice(1)])).toEqual([tar?.path]);
    expect(versions()).toEqual(["2", "1", "1"]);
    expect(others).toHaveLength(2);
  });

  it("when it writes renames in the order given, each before the next", async () => {
    const acts: string[] = [];
    await writePack(outputs("1"), failing(-1, "", acts));
    const renames = acts.filter((act) => act.startsWith("rename"));
    expect(renames).toEqual(outputs("1").map(({ path }) => `rename ${path}`));
    expect(acts.lastIndexOf("writeNew")).toBeLessThan(acts.findIndex((act) => act.startsWith("rename")));
  });

  it("when any act fails throws OUTPUT_FAILED, leaves no temporary file and each file whole", async () => {
    const acts: string[] = [];
    await writePack(outputs("0"), failing(-1, "", acts));
    for (let at = 0; at < acts.length; at += 1) {
      await writePack(outputs("1"));
      const write = writePack(outputs("2"), failing(at, "ENOSPC"));
      await expect(write).rejects.toMatchObject({ code: "OUTPUT_FAILED", cause: { code: "ENOSPC" } });
      expect(names()).toEqual(["manifest.json", "p.bundle.tar.gz", "p.tar"]);
      const found = versions();
      expect(found).toEqual([...found].sort().reverse());
      if (acts[at]?.startsWith("rename") !== true && acts[at] !== "syncFolder") expect(found).toEqual(["1", "1", "1"]);
    }
  });

  it("when a target is a folder throws OUTPUT_FAILED and writes nothing", async () => {
    mkdirSync(join(temp.path, "out/p.tar"), { recursive: true });
    mkdirSync(join(temp.path, "src"), { recursive: true });
    await expect(writePack(outputs("1"))).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    expect(names()).toEqual(["p.tar"]);
  });

  it("when a folder's place is a file throws OUTPUT_FAILED", async () => {
    writeFileSync(join(temp.path, "out"), "");
    await expect(writePack(outputs("1"))).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
  });

  it("when a killed build left files removes them, and those of a running one not", async () => {
    await writePack(outputs("1"));
    const gone = spawnSync(process.execPath, ["--eval", ""]).pid;
    writeFileSync(join(temp.path, `out/.p.tar.${gone}-0123456789abcdef.tmp`), "half");
    writeFileSync(join(temp.path, `src/.manifest.json.${gone}-0123456789abcdef.tmp`), "half");
    const running = `.p.tar.${process.pid}-0123456789abcdef.tmp`;
    writeFileSync(join(temp.path, "out", running), "half");
    await writePack(outputs("1"));
    expect(names()).toEqual([running, "manifest.json", "p.bundle.tar.gz", "p.tar"]);
  });

  it("when two write at once leaves one's bytes or the other's, whole", async () => {
    await Promise.all([writePack(outputs("1")), writePack(outputs("2"))]);
    for (const version of versions()) expect(["1", "2"]).toContain(version);
    expect(names()).toEqual(["manifest.json", "p.bundle.tar.gz", "p.tar"]);
  });

  it.each(["a FIFO", "a link to one"])("when the target is %s throws OUTPUT_FAILED and leaves it", async (what) => {
    mkdirSync(join(temp.path, "src"));
    const [target, fifo] = [join(temp.path, "src/manifest.json"), join(temp.path, "fifo")];
    spawnSync("mkfifo", [what === "a FIFO" ? target : fifo]);
    if (what !== "a FIFO") symlinkSync(fifo, target);
    const before = lstatSync(target).ino;
    await expect(writePack(outputs("new"))).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    expect(lstatSync(target).ino).toBe(before);
    expect(names()).toEqual(["manifest.json"]);
  });
});
