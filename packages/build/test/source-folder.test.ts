import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { sourceFiles, writeFiles } from "./sources.ts";

let temp: TempDir;
let beforeRead: (path: string) => void = () => undefined;

jest.unstable_mockModule("node:fs/promises", () => ({
  ...fs,
  readdir: async (path: string, options: object) => {
    beforeRead(await fs.realpath(path));
    return await fs.readdir(path, options as { withFileTypes: true });
  },
}));
const { readSource } = await import("../src/source.ts");
const { withFolder } = await import("../src/source-folder.ts");

const onLinux = process.platform === "linux" ? it : it.skip;

beforeEach(async () => {
  temp = await createTempDir();
  beforeRead = () => undefined;
});
afterEach(() => temp.remove());

/** A folder beside the source with something in it that nobody wants published. */
function secretFolder(): string {
  const secret = join(temp.path, "secret");
  mkdirSync(secret);
  writeFileSync(join(secret, "id_rsa"), "secret");
  return secret;
}

describe("withFolder", () => {
  onLinux("when the path is a link throws and reads nothing [needs Linux]", async () => {
    const link = join(temp.path, "link");
    symlinkSync(secretFolder(), link);
    await expect(withFolder(link, (path) => fs.stat(path))).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});

describe("readSource", () => {
  onLinux(
    "when a folder is swapped for a link while it is read stays in the folder that it opened [needs Linux]",
    async () => {
      const dir = join(temp.path, "policy-pack", "v0");
      const inner = join(dir, "signing", "inner");
      const secret = secretFolder();
      writeFiles(dir, { ...sourceFiles(), "signing/inner/public.txt": "public" });
      beforeRead = (path) => {
        if (path !== inner) return;
        renameSync(inner, join(temp.path, "aside"));
        symlinkSync(secret, inner);
      };
      const files = await readSource(dir);
      expect(files.map(({ path }) => path)).toContain("signing/inner/public.txt");
      expect(files.filter(({ bytes }) => Buffer.from(bytes).toString() === "secret")).toEqual([]);
    },
  );
});
