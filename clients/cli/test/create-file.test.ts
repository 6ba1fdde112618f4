import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createFile } from "../src/create-file.ts";
import { withFolder } from "./support.ts";

const options = { what: "The key", mode: 0o600 };

describe("createFile", () => {
  it("writes a file with its mode and leaves nothing else behind", () =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      expect(await createFile(at("key"), "text", options)).toBe(true);
      expect([await readFile(at("key"), "utf8"), (await stat(at("key"))).mode & 0o777]).toEqual(["text", 0o600]);
      expect(await readdir(folder)).toEqual(["key"]);
    }));

  it("returns false and leaves what stands there, even when two write at once", () =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      await writeFile(at("old"), "mine");
      expect(await createFile(at("old"), "text", options)).toBe(false);
      const both = await Promise.all([createFile(at("new"), "a", options), createFile(at("new"), "b", options)]);
      expect(both.toSorted()).toEqual([false, true]);
      expect(await readFile(at("old"), "utf8")).toBe("mine");
      expect(await readFile(at("new"), "utf8")).toBe(both[0] ? "a" : "b");
      expect((await readdir(folder)).toSorted()).toEqual(["new", "old"]);
    }));

  it("throws OUTPUT_FAILED where nothing can be written", () =>
    withFolder(async (folder) => {
      await expect(createFile(join(folder, "none", "key"), "x", options)).rejects.toMatchObject({
        code: "OUTPUT_FAILED",
      });
    }));
});
