import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { replaceFile, withFileLock } from "../src/write-file.ts";
import { withFolder } from "./support.ts";

const bytes = Buffer.from("new");

describe("replaceFile", () => {
  it("writes a file, and replaces one, leaving nothing beside it", () =>
    withFolder(async (dir) => {
      await replaceFile(join(dir, "f"), Buffer.from("old"), "The file");
      await replaceFile(join(dir, "f"), bytes, "The file");
      expect([await readFile(join(dir, "f"), "utf8"), await readdir(dir)]).toEqual(["new", ["f"]]);
    }));

  it("replaces what a link leads to", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "old");
      await symlink("f", join(dir, "link"));
      await replaceFile(join(dir, "link"), bytes, "The file");
      expect(await readFile(join(dir, "f"), "utf8")).toBe("new");
    }));

  it("throws OUTPUT_FAILED where no file can be, and leaves nothing behind", () =>
    withFolder(async (dir) => {
      execFileSync("mkfifo", [join(dir, "fifo")]);
      await mkdir(join(dir, "folder"));
      for (const name of ["fifo", "folder", "absent/f"]) {
        await expect(replaceFile(join(dir, name), bytes, "The file")).rejects.toMatchObject({
          code: "OUTPUT_FAILED",
          exitCode: 2,
        });
      }
      expect(await readdir(dir)).toEqual(["fifo", "folder"]);
    }));
});

describe("withFileLock", () => {
  it("runs one action at a time and leaves no lock", () =>
    withFolder(async (dir) => {
      const path = join(dir, "f");
      const running: string[] = [];
      const action = async (): Promise<void> => {
        running.push("begin");
        await readdir(dir);
        running.push("end");
      };
      await Promise.all([withFileLock(path, action), withFileLock(path, action), withFileLock(path, action)]);
      expect(running).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
      expect(await readdir(dir)).toEqual([]);
    }));

  it("knows a file that links lead to as one", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "");
      for (const name of ["one", "two"]) await symlink("f", join(dir, name));
      await withFileLock(join(dir, "one"), async () => {
        const waiting = withFileLock(join(dir, "two"), () => Promise.resolve(), 1);
        await expect(waiting).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      });
    }));

  it("leaves no lock when the action fails", () =>
    withFolder(async (dir) => {
      await expect(withFileLock(join(dir, "f"), () => Promise.reject(new RangeError("x")))).rejects.toThrow(RangeError);
      expect(await readdir(dir)).toEqual([]);
    }));

  it("throws OUTPUT_FAILED when a lock stays, and leaves it", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f.lock"), "");
      const waiting = withFileLock(join(dir, "f"), () => Promise.resolve(), 1);
      await expect(waiting).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      expect(await readdir(dir)).toEqual(["f.lock"]);
    }));

  it("throws OUTPUT_FAILED when no lock can be made", () =>
    withFolder(async (dir) => {
      const locking = withFileLock(join(dir, "absent", "f"), () => Promise.resolve());
      await expect(locking).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    }));
});
