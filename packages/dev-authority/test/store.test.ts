import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createFolder, FILES, readState, replaceFile } from "../src/store.ts";
import { codeOf, createFolderForTests } from "./support/folder.ts";

const folder = createFolderForTests();
const files = { [FILES.state]: "first" };

describe("createFolder", () => {
  it("makes parents and folder 0700, files 0600, and leaves nothing beside", async () => {
    const dir = join(folder, "new", "authority");
    await createFolder(dir, files);
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, FILES.state)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "new"))).toEqual(["authority"]);
  });

  it("keeps the files of whoever was first", async () => {
    const dir = join(folder, "first");
    await createFolder(dir, files);
    await createFolder(dir, { [FILES.state]: "second" });
    expect(readFileSync(join(dir, FILES.state), "utf8")).toBe("first");
    expect(readdirSync(folder).filter((name) => name.includes("first"))).toEqual(["first"]);
  });

  it("takes an empty folder", async () => {
    const dir = join(folder, "empty");
    mkdirSync(dir);
    await createFolder(dir, files);
    expect(readdirSync(dir)).toEqual([FILES.state]);
  });

  it("throws AUTHORITY_INVALID for a folder with other things in it, and touches none", async () => {
    const dir = join(folder, "home");
    mkdirSync(dir);
    writeFileSync(join(dir, "letter.txt"), "dear");
    expect(await codeOf(() => createFolder(dir, files))).toBe("AUTHORITY_INVALID");
    expect(readdirSync(dir)).toEqual(["letter.txt"]);
  });

  it("throws OUTPUT_FAILED where no folder can be made", async () => {
    expect(await codeOf(() => createFolder(join(folder, "x".repeat(300)), files))).toBe("OUTPUT_FAILED");
  });

  it("throws OUTPUT_FAILED where more than the parent is missing, and makes none of it", async () => {
    expect(await codeOf(() => createFolder(join(folder, "absent", "parent", "authority"), files))).toBe(
      "OUTPUT_FAILED",
    );
    expect(existsSync(join(folder, "absent"))).toBe(false);
  });
});

describe("readState", () => {
  it("returns undefined for a file that is not there", async () => {
    expect(await readState(join(folder, "missing"))).toBeUndefined();
  });

  it.each([
    [
      "a folder",
      (path: string) => {
        mkdirSync(path);
      },
    ],
    [
      "a file beyond any state's size",
      (path: string) => {
        writeFileSync(path, Buffer.alloc(64 * 1024 + 1));
      },
    ],
  ])("throws AUTHORITY_INVALID for %s", async (name, make) => {
    const path = join(folder, name);
    make(path);
    expect(await codeOf(() => readState(path))).toBe("AUTHORITY_INVALID");
  });
});

describe("replaceFile", () => {
  it("replaces the content, 0600", async () => {
    const path = join(folder, "replaced");
    writeFileSync(path, "old and long", { mode: 0o644 });
    await replaceFile(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("throws OUTPUT_FAILED where nothing can be written", async () => {
    expect(await codeOf(() => replaceFile(join(folder, "missing", "x"), "new"))).toBe("OUTPUT_FAILED");
  });
});
