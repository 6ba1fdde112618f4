import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readInputFile, readStdin, readStoredFile } from "../src/read.ts";
import { createTerminal, withFolder } from "./support.ts";

const options = { what: "The bundle", maxBytes: 8 };

describe("readInputFile", () => {
  it("returns the bytes of a file named relative to the working folder", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "f"), "12345678");
      const bytes = await readInputFile(createTerminal({ cwd }), "f", options);
      expect(Buffer.from(bytes).toString()).toBe("12345678");
    }));

  it("returns nothing for an empty file", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "f"), "");
      expect((await readInputFile(createTerminal({ cwd }), "f", options)).byteLength).toBe(0);
    }));

  it("throws LIMIT_EXCEEDED one byte over the cap, and for a file without an end", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "f"), "123456789");
      const terminal = createTerminal({ cwd });
      await expect(readInputFile(terminal, "f", options)).rejects.toMatchObject({
        code: "LIMIT_EXCEEDED",
        exitCode: 3,
      });
      await expect(readInputFile(terminal, "/dev/zero", options)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }));

  it.each(["absent", "."])("throws CONFIG_INVALID when %s cannot be read", (path) =>
    withFolder(async (cwd) => {
      const reading = readInputFile(createTerminal({ cwd }), path, options);
      await expect(reading).rejects.toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
    }),
  );
});

describe("readStoredFile", () => {
  it("returns the bytes, and undefined when nothing is there", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "f"), "12345678");
      expect(Buffer.from((await readStoredFile(join(cwd, "f"), options)) ?? []).toString()).toBe("12345678");
      expect(await readStoredFile(join(cwd, "absent"), options)).toBeUndefined();
      expect(await readStoredFile(join(cwd, "f", "below"), options)).toBeUndefined();
    }));

  it("throws LIMIT_EXCEEDED one byte over the cap", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "f"), "123456789");
      await expect(readStoredFile(join(cwd, "f"), options)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }));

  it("throws CONFIG_INVALID for a FIFO, a device and a folder, without waiting for a writer", () =>
    withFolder(async (cwd) => {
      execFileSync("mkfifo", [join(cwd, "fifo")]);
      for (const path of [join(cwd, "fifo"), "/dev/zero", cwd]) {
        await expect(readStoredFile(path, options)).rejects.toMatchObject({ code: "CONFIG_INVALID", exitCode: 2 });
      }
    }));
});

describe("readStdin", () => {
  it("returns all pieces", async () => {
    const terminal = createTerminal({ stdin: ["ab", Buffer.from("cd")] });
    expect(Buffer.from(await readStdin(terminal, "The input", 4)).toString()).toBe("abcd");
  });

  it("throws LIMIT_EXCEEDED over the cap", async () => {
    const terminal = createTerminal({ stdin: ["ab", "cd"] });
    await expect(readStdin(terminal, "The input", 3)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});
