import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import { dirname, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

let flushed = 0;
let temporary = "";

jest.unstable_mockModule("node:os", () => ({ ...os, tmpdir: () => temporary }));

jest.unstable_mockModule("node:fs/promises", () => ({
  ...fs,
  open: async (...args: Parameters<typeof fs.open>) => {
    const handle = await fs.open(...args);
    const sync = handle.sync.bind(handle);
    handle.sync = () => {
      flushed += 1;
      return sync();
    };
    return handle;
  },
}));
const { writeContents, writeTempContents } = await import("../src/contents.ts");

const files = new Map([
  ["README.md", Buffer.from("# A\n")],
  ["opa/a.rego", Buffer.from("package a\n")],
]);
const contents = { packId: "test-pack-v0", files };

let temp: TempDir;

beforeEach(async () => {
  temp = await createTempDir();
  flushed = 0;
});
afterEach(async () => {
  await temp.remove();
});

describe("writeContents", () => {
  it("flushes each file and folder, and the folder that holds the new name", async () => {
    await writeContents(contents, join(temp.path, "pack"));
    expect(flushed).toBe(5);
  });
});

describe("writeTempContents", () => {
  it("returns a folder in a private one and flushes nothing", async () => {
    temporary = temp.path;
    const dir = await writeTempContents(contents);
    expect(await fs.readFile(join(dir, "opa/a.rego"), "utf8")).toBe("package a\n");
    expect((await fs.stat(dirname(dir))).mode & 0o777).toBe(0o700);
    expect(flushed).toBe(0);
  });

  it("throws OUTPUT_FAILED when there is no temporary folder", async () => {
    temporary = join(temp.path, "missing");
    await expect(writeTempContents(contents)).rejects.toMatchObject({ name: "ConfigError", code: "OUTPUT_FAILED" });
  });

  it("leaves nothing behind when the contents cannot be written", async () => {
    temporary = temp.path;
    const unsafe = { ...contents, files: new Map([["opa/../../x", Buffer.from("")]]) };
    await expect(writeTempContents(unsafe)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    expect(await fs.readdir(temp.path)).toEqual([]);
  });
});
