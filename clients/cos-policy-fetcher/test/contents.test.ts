import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeOpaManifest } from "@policy-pack/pack";
import { writeContents } from "../src/contents.ts";
import { expectFailure } from "./serve.ts";

const OUTPUT_FAILED = { name: "ConfigError", code: "OUTPUT_FAILED" };
const SOURCE_INVALID = { name: "ConfigError", code: "SOURCE_INVALID" };

let parent: string;
let umask: number;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "contents-test-"));
  umask = process.umask(0o077);
});

afterEach(async () => {
  process.umask(umask);
  await chmod(parent, 0o700);
  await rm(parent, { recursive: true, force: true });
});

function contents(packId = "test-pack-v0", extra: Record<string, string> = {}): Parameters<typeof writeContents>[0] {
  const manifest = encodeOpaManifest({
    revision: "1",
    roots: ["test"],
    rego_version: 1,
    metadata: { packId, previousDigest: null, entrypoints: ["test/allow"], opaVersion: "1.22.0" },
  });
  const texts = Object.entries({ "opa/test/allow.rego": "package test", "README.md": "# Test", ...extra });
  const files = texts.map(([path, text]) => [path, Buffer.from(text)] as const);
  return { packId, files: new Map<string, Uint8Array>([["opa/.manifest", manifest], ...files]) };
}

describe("writeContents", () => {
  describe("when the folder is new", () => {
    it("returns its path with every file in it", async () => {
      const dir = await writeContents(contents(), join(parent, "pack"));
      expect(dir).toBe(join(parent, "pack"));
      expect((await readdir(dir, { recursive: true })).sort()).toEqual(
        ["README.md", "opa", "opa/.manifest", "opa/test", "opa/test/allow.rego"].sort(),
      );
      expect(await readFile(join(dir, "README.md"), "utf8")).toBe("# Test");
    });

    it("gives files 0644 and folders 0755, whatever the umask", async () => {
      const dir = await writeContents(contents(), join(parent, "pack"));
      const modes = ["", "opa", "opa/test", "README.md", "opa/test/allow.rego"].map(async (path) => {
        const { mode } = await lstat(join(dir, path));
        return (mode & 0o7777).toString(8);
      });
      expect(await Promise.all(modes)).toEqual(["755", "755", "755", "644", "644"]);
    });

    it("leaves nothing beside it", async () => {
      await writeContents(contents(), join(parent, "pack"));
      expect(await readdir(parent)).toEqual(["pack"]);
    });

    it("writes more files than may be open at once", async () => {
      const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`opa/many/f${index}.rego`, "x"]));
      const dir = await writeContents(contents("test-pack-v0", many), join(parent, "pack"));
      expect(await readdir(join(dir, "opa/many"))).toHaveLength(100);
    });
  });

  it("takes an empty folder", async () => {
    await mkdir(join(parent, "pack"));
    const dir = await writeContents(contents(), join(parent, "pack"));
    expect(await readdir(dir)).toContain("README.md");
  });

  it("replaces an unpacked pack of the same packId whole", async () => {
    const target = join(parent, "pack");
    await writeContents(contents("test-pack-v0", { "data/old/data.json": "{}" }), target);
    await writeContents(contents("test-pack-v0", { "README.md": "# New" }), target);
    expect((await readdir(target)).sort()).toEqual(["README.md", "opa"]);
    expect(await readFile(join(target, "README.md"), "utf8")).toBe("# New");
    expect(await readdir(parent)).toEqual(["pack"]);
  });

  it("removes what killed processes left beside the folder long ago, and nothing else", async () => {
    const others = [
      ".pack.partial-abc",
      ".pack.old-ABC12/x",
      ".other.old-ABC123",
      "pack.old-ABC123",
      ".pack.old-ABC124",
    ];
    await mkdir(join(parent, ".pack.partial-abc123"));
    await mkdir(join(parent, ".pack.old-ABC123", "opa"), { recursive: true });
    for (const name of others.slice(0, 4)) await mkdir(join(parent, name), { recursive: true });
    await writeFile(join(parent, ".pack.old-ABC124"), "a file");
    await writeContents(contents(), join(parent, "pack"));
    expect(await readdir(parent)).toContain(".pack.partial-abc123");
    const later = Date.now() + 2 * 60 * 60 * 1000;
    const clock = jest.spyOn(Date, "now").mockReturnValue(later);
    await writeContents(contents(), join(parent, "pack"));
    clock.mockRestore();
    const kept = [...others.map((name) => name.replace("/x", "")), "pack"];
    expect((await readdir(parent)).sort()).toEqual(kept.sort());
  });

  describe("when the target is not ours", () => {
    async function expectUntouched(target: string): Promise<void> {
      const before = await readdir(parent, { recursive: true });
      await expectFailure(writeContents(contents(), target), OUTPUT_FAILED);
      expect(await readdir(parent, { recursive: true })).toEqual(before);
    }

    it("throws on a file", async () => {
      await writeFile(join(parent, "pack"), "mine");
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on somebody's folder", async () => {
      await mkdir(join(parent, "pack"));
      await writeFile(join(parent, "pack", "thesis.txt"), "mine");
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a pack of another packId", async () => {
      await writeContents(contents("other-pack-v0"), join(parent, "pack"));
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a pack with something else beside it", async () => {
      await writeContents(contents(), join(parent, "pack"));
      await writeFile(join(parent, "pack", "notes.txt"), "mine");
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a pack whose manifest is a link", async () => {
      await writeContents(contents(), join(parent, "other"));
      await mkdir(join(parent, "pack", "opa"), { recursive: true });
      await symlink(join(parent, "other", "opa", ".manifest"), join(parent, "pack", "opa", ".manifest"));
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a link, to an empty folder too", async () => {
      await mkdir(join(parent, "empty"));
      await symlink(join(parent, "empty"), join(parent, "pack"));
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a link that leads nowhere", async () => {
      await symlink(join(parent, "nowhere"), join(parent, "pack"));
      await expectUntouched(join(parent, "pack"));
    });

    it("throws on a folder whose parent is missing", async () => {
      await expectUntouched(join(parent, "missing", "pack"));
    });
  });

  it.each(["../escape", "/etc/escape", "opa/../../escape", "opa\\escape", "opa/a\0b", "elsewhere/file"])(
    "throws on the path %j of contents made by hand",
    async (path) => {
      const made = contents("test-pack-v0", { [path]: "x" });
      await expectFailure(writeContents(made, join(parent, "pack")), SOURCE_INVALID);
      expect(await readdir(parent)).toEqual([]);
    },
  );

  it("leaves nothing when the disk refuses on the way", async () => {
    const made = contents();
    const files = new Map(made.files);
    // Not bytes: writing it fails after other files are on the disk.
    files.set("signing/last.json", 5 as unknown as Uint8Array);
    await expectFailure(writeContents({ ...made, files }, join(parent, "pack")), OUTPUT_FAILED);
    expect(await readdir(parent)).toEqual([]);
  });
});
