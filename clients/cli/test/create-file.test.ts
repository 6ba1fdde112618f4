import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createFile } from "../src/create-file.ts";

const options = { what: "The key", mode: 0o600 };
let folder: TempDir;
const at = (name: string) => join(folder.path, name);

beforeEach(async () => {
  folder = await createTempDir();
});
afterEach(() => folder.remove());

describe("createFile", () => {
  it("writes a file with its mode and leaves nothing else behind", async () => {
    expect(await createFile(at("key"), "text", options)).toBe(true);
    expect([await readFile(at("key"), "utf8"), (await stat(at("key"))).mode & 0o777]).toEqual(["text", 0o600]);
    expect(await readdir(folder.path)).toEqual(["key"]);
  });

  it("returns false and leaves what stands there, even when two write at once", async () => {
    await writeFile(at("old"), "mine");
    expect(await createFile(at("old"), "text", options)).toBe(false);
    const both = await Promise.all([createFile(at("new"), "a", options), createFile(at("new"), "b", options)]);
    expect(both.toSorted()).toEqual([false, true]);
    expect(await readFile(at("old"), "utf8")).toBe("mine");
    expect(await readFile(at("new"), "utf8")).toBe(both[0] ? "a" : "b");
    expect((await readdir(folder.path)).toSorted()).toEqual(["new", "old"]);
  });

  it("throws OUTPUT_FAILED where nothing can be written", async () => {
    await chmod(folder.path, 0o500);
    await expect(createFile(join(folder.path, "none", "key"), "x", options)).rejects.toMatchObject({
      code: "OUTPUT_FAILED",
    });
    await chmod(folder.path, 0o700);
  });
});
