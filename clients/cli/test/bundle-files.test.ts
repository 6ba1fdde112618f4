import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readBundles } from "../src/bundle-files.ts";
import { CLI_LIMITS } from "../src/limits.ts";
import { createTerminal, withFolder } from "./support.ts";

async function read(cwd: string, ...paths: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const bundles = await readBundles(createTerminal({ cwd }), paths);
  return bundles.map(({ name, source }) => [name, Buffer.from(source).toString()]);
}

async function write(cwd: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
}

describe("readBundles", () => {
  it("returns files in the order given, one twice when it is named twice", () =>
    withFolder(async (cwd) => {
      await write(cwd, { "b.json": "b", "a.json": "a" });
      expect(await read(cwd, "b.json", "a.json", "b.json")).toEqual([
        ["b.json", "b"],
        ["a.json", "a"],
        ["b.json", "b"],
      ]);
    }));

  it("returns a folder's bundles sorted, and looks at no other name", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, "d", "inner"), { recursive: true });
      await write(join(cwd, "d"), { "b.sigstore.json": "b", "a.sigstore.json": "a", "c.json": "c", README: "r" });
      await write(join(cwd, "d", "inner"), { "z.sigstore.json": "z" });
      await symlink("/dev/zero", join(cwd, "d", "link"));
      expect(await read(cwd, "d")).toEqual([
        ["d/a.sigstore.json", "a"],
        ["d/b.sigstore.json", "b"],
      ]);
    }));

  it("returns each line of a JSON lines file, with or without a last new line", () =>
    withFolder(async (cwd) => {
      await write(cwd, { "x.sigstore.jsonl": "a\nb\n", "y.jsonl": "c" });
      expect(await read(cwd, "x.sigstore.jsonl", "y.jsonl")).toEqual([
        ["x.sigstore.jsonl:1", "a"],
        ["x.sigstore.jsonl:2", "b"],
        ["y.jsonl:1", "c"],
      ]);
    }));

  it("follows a link that was named itself", () =>
    withFolder(async (cwd) => {
      await write(cwd, { "a.json": "a" });
      await symlink("a.json", join(cwd, "l.json"));
      expect(await read(cwd, "l.json")).toEqual([["l.json", "a"]]);
    }));
});

describe("readBundles, when something is odd", () => {
  const rejects = async (cwd: string, path: string, code: string): Promise<void> => {
    await expect(read(cwd, path)).rejects.toMatchObject({ code });
  };

  it("throws CONFIG_INVALID for a link, a FIFO or a folder with a bundle's name in a folder", () =>
    withFolder(async (cwd) => {
      for (const [folder, make] of [
        ["link", (path: string) => symlink("/dev/null", path)],
        ["fifo", (path: string) => Promise.resolve(execFileSync("mkfifo", [path]))],
        ["dir", (path: string) => mkdir(path)],
      ] as const) {
        await mkdir(join(cwd, folder));
        await write(join(cwd, folder), { "a.sigstore.json": "a" });
        await make(join(cwd, folder, "b.sigstore.json"));
        await rejects(cwd, folder, "CONFIG_INVALID");
      }
    }));

  it("throws CONFIG_INVALID for what is absent, and for a folder or file without bundles", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, "d"));
      await write(cwd, { "e.jsonl": "" });
      for (const path of ["absent", "d", "e.jsonl"]) await rejects(cwd, path, "CONFIG_INVALID");
    }));

  it("throws BUNDLE_INVALID for an empty line", () =>
    withFolder(async (cwd) => {
      await write(cwd, { "a.jsonl": "a\n\nb\n" });
      await rejects(cwd, "a.jsonl", "BUNDLE_INVALID");
    }));

  it("throws LIMIT_EXCEEDED for one bundle too many", () =>
    withFolder(async (cwd) => {
      await write(cwd, { "a.jsonl": "a\n".repeat(CLI_LIMITS.maxBundles), "b.json": "b" });
      expect(await read(cwd, "a.jsonl")).toHaveLength(CLI_LIMITS.maxBundles);
      await expect(read(cwd, "a.jsonl", "b.json")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", exitCode: 3 });
    }));

  it("throws LIMIT_EXCEEDED for too many bytes in one bundle or together", () =>
    withFolder(async (cwd) => {
      const mib = "x".repeat(1024 * 1024);
      await write(cwd, {
        "one.jsonl": `${mib}x\n`,
        "all.jsonl": `${mib}\n`.repeat(16),
        "half.jsonl": `${mib}\n`.repeat(9),
      });
      await rejects(cwd, "one.jsonl", "LIMIT_EXCEEDED");
      await rejects(cwd, "all.jsonl", "LIMIT_EXCEEDED");
      await expect(read(cwd, "half.jsonl", "half.jsonl")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }));

  it("throws LIMIT_EXCEEDED for a folder of too many names", () =>
    withFolder(async (cwd) => {
      const names = Array.from({ length: CLI_LIMITS.maxFolderNames + 1 }, (_, i) => join(cwd, String(i)));
      await Promise.all(names.map((name) => writeFile(name, "")));
      await rejects(cwd, ".", "LIMIT_EXCEEDED");
    }));
});
