import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempDir } from "@policy-pack/testkit";
import { readRegularFile } from "../src/source-file.ts";

describe("readRegularFile", () => {
  it("when the file has as many bytes as allowed returns them", async () => {
    await withTempDir(async (dir) => {
      writeFileSync(join(dir, "f"), "12345");
      expect(Buffer.from(await readRegularFile(join(dir, "f"), "f", 5)).toString()).toBe("12345");
      writeFileSync(join(dir, "f"), "");
      expect(await readRegularFile(join(dir, "f"), "f", 0)).toHaveLength(0);
    });
  });

  it("when the file is over the cap, a folder, a link, a FIFO, or not there throws SOURCE_INVALID", async () => {
    await withTempDir(async (dir) => {
      writeFileSync(join(dir, "big"), "123456");
      symlinkSync("big", join(dir, "link"));
      execFileSync("mkfifo", [join(dir, "fifo")]);
      for (const name of ["big", ".", "link", "fifo", "nowhere"]) {
        const read = readRegularFile(join(dir, name), name, 5);
        await expect(read).rejects.toMatchObject({ code: "SOURCE_INVALID", message: expect.stringContaining(name) });
      }
    });
  });

  it("when it is a device throws SOURCE_INVALID, even when it reads as empty", async () => {
    if (process.platform === "win32") return;
    await expect(readRegularFile("/dev/null", "null", 5)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it("when the file has other bytes than its size says throws SOURCE_INVALID", async () => {
    // Files below /proc state the size 0 and yet have bytes: what a file that grows while it is read looks like.
    if (process.platform !== "linux") return;
    const read = readRegularFile("/proc/self/status", "status", 1_000_000);
    await expect(read).rejects.toMatchObject({ code: "SOURCE_INVALID", message: expect.stringContaining("status") });
  });
});
