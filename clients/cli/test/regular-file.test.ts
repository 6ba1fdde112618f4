import { appendFileSync, truncateSync, utimesSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { eachPiece, readRegularFile, regularSize } from "../src/regular-file.ts";
import { withFolder } from "./support.ts";

const MIB = 1024 * 1024;

describe("regularSize", () => {
  it("returns a regular file's size, and undefined for what is absent, a folder or a device", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "123");
      expect(regularSize(join(dir, "f"))).toBe(3);
      for (const path of [join(dir, "absent"), dir, "/dev/null"]) {
        expect(regularSize(path)).toBeUndefined();
      }
    }));
});

describe("readRegularFile", () => {
  it("returns all bytes up to the cap, and one more than the cap beyond it", () =>
    withFolder(async (dir) => {
      await writeFile(join(dir, "f"), "12345678");
      expect(Buffer.from(readRegularFile(join(dir, "f"), 8)).toString()).toBe("12345678");
      expect(readRegularFile(join(dir, "f"), 7)).toHaveLength(8);
      expect(readRegularFile(join(dir, "f"), 3)).toHaveLength(4);
    }));

  it("returns what a file holds that names no size, as those of /proc", () => {
    if (process.platform !== "linux") return;
    expect(Buffer.from(readRegularFile("/proc/self/status", MIB)).toString()).toMatch(/^Name:.*\nUmask:/);
    expect(readRegularFile("/proc/self/status", 10)).toHaveLength(11);
  });

  it("throws the system's error when there is no such file", () => {
    expect(() => readRegularFile("/absent/f", 8)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});

describe("eachPiece", () => {
  it("hands all bytes on, in pieces of 1 MiB", () =>
    withFolder(async (dir) => {
      const sizes: number[] = [];
      await writeFile(join(dir, "f"), Buffer.alloc(2 * MIB + 1));
      eachPiece(join(dir, "f"), "The file f", (piece) => sizes.push(piece.byteLength));
      expect(sizes).toEqual([MIB, MIB, 1]);
    }));

  it("throws CONFIG_INVALID when the file grew, or was written to, while it was read", () =>
    withFolder(async (dir) => {
      const path = join(dir, "f");
      const grow = (): void => {
        appendFileSync(path, "x");
      };
      const shrink = (): void => {
        truncateSync(path, 1);
      };
      const touch = (): void => {
        utimesSync(path, 2, 2);
      };
      for (const change of [grow, shrink, touch]) {
        await writeFile(path, Buffer.alloc(2 * MIB));
        let isFirst = true;
        const read = (): void => {
          eachPiece(path, "The file f", () => {
            if (isFirst) change();
            isFirst = false;
          });
        };
        expect(read).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 2 }));
      }
    }));
});
