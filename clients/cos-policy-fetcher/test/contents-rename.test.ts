import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { encodeOpaManifest } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

/** Every rename whose source matches fails, as on a disk that gives out at that very moment. */
let failing: RegExp | undefined;
/** What happens before a rename fails. */
let meanwhile: () => Promise<void> = () => Promise.resolve();

jest.unstable_mockModule("node:fs/promises", () => ({
  ...fs,
  rename: async (from: string, to: string) => {
    if (failing?.test(from) !== true) return fs.rename(from, to);
    await meanwhile();
    throw Object.assign(new Error("full"), { code: "ENOSPC" });
  },
}));
const { writeContents } = await import("../src/contents.ts");

let temp: TempDir;

beforeAll(async () => {
  temp = await createTempDir();
});
afterAll(async () => {
  await temp.remove();
});

function contents(readme: string): Parameters<typeof writeContents>[0] {
  const manifest = encodeOpaManifest({
    revision: "1",
    roots: ["test"],
    rego_version: 1,
    metadata: { packId: "test-pack-v0", previousDigest: null, entrypoints: ["test/allow"], opaVersion: "1.0.0" },
  });
  const files: [string, Uint8Array][] = [
    ["opa/.manifest", manifest],
    ["README.md", Buffer.from(readme)],
  ];
  return { packId: "test-pack-v0", files: new Map(files) };
}

describe("writeContents", () => {
  describe("when the last rename fails", () => {
    it("puts the earlier pack back and leaves nothing beside it", async () => {
      const target = join(temp.path, "pack");
      await writeContents(contents("earlier"), target);
      failing = /\.pack\.partial-/;
      const failure = { name: "ConfigError", code: "OUTPUT_FAILED", cause: { code: "ENOSPC" } };
      await expect(writeContents(contents("later"), target)).rejects.toMatchObject(failure);
      expect(await fs.readFile(join(target, "README.md"), "utf8")).toBe("earlier");
      expect(await fs.readdir(temp.path)).toEqual(["pack"]);
    });

    it("leaves the pack that another process put there meanwhile, and nothing beside it", async () => {
      const target = join(temp.path, "pack");
      failing = undefined;
      await writeContents(contents("earlier"), target);
      failing = /\.pack\.partial-/;
      meanwhile = async () => {
        await fs.mkdir(target);
        await fs.writeFile(join(target, "README.md"), "another's");
      };
      await expect(writeContents(contents("later"), target)).rejects.toMatchObject({ cause: { code: "ENOSPC" } });
      expect(await fs.readFile(join(target, "README.md"), "utf8")).toBe("another's");
      expect(await fs.readdir(temp.path)).toEqual(["pack"]);
    });
  });
});
