import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { buildPack } from "../src/build.ts";
import { initPack } from "../src/init.ts";
import { runOpa } from "../src/opa-run.ts";

let temp: TempDir;
let dir = "";
beforeEach(async () => {
  temp = await createTempDir();
  dir = join(temp.path, "contracts", "my-pack", "v0");
});
afterEach(() => temp.remove());

describe("initPack", () => {
  it.each(["my-pack-v0", "9lives-v2", "default-v1", "config-v0", "data-v0"])(
    "when given %s makes a pack that builds, passes its tests, covers all lines and is formatted",
    async (packId) => {
      const opa = await findTestOpa();
      const paths = await initPack(dir, { packId });
      expect(paths).toContain("manifest.json");
      const result = await buildPack({ sourceDir: dir, outDir: join(temp.path, "dist"), packId, opa });
      expect(result).toMatchObject({ packId, coverage: 100, tests: { passed: 3 }, manifest: { revision: 1 } });
      expect(result.manifest.entrypoints).toHaveLength(2);
      const run = { opa, cwd: dir, home: temp.path };
      expect(await runOpa(run, ["fmt", "--list", "--fail", "opa"])).toMatchObject({ exitCode: 0, stdout: "" });
    },
  );

  it("when the folder is there and empty fills it", async () => {
    mkdirSync(dir, { recursive: true });
    await initPack(dir, { packId: "my-pack-v0" });
    expect(readdirSync(dir).sort()).toEqual(["README.md", "data", "manifest.json", "opa", "signing"]);
    expect(readdirSync(join(dir, ".."))).toEqual(["v0"]);
  });

  it("when the folder holds anything throws CONFIG_INVALID and leaves it alone", async () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, ".keep"), "x");
    await expect(initPack(dir, { packId: "my-pack-v0" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(readdirSync(dir)).toEqual([".keep"]);
  });

  it("when a file stands there throws CONFIG_INVALID and leaves it alone", async () => {
    writeFileSync(join(temp.path, "file"), "x");
    const init = initPack(join(temp.path, "file"), { packId: "my-pack-v0" });
    await expect(init).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(readFileSync(join(temp.path, "file"), "utf8")).toBe("x");
  });

  it("when a file stands where a folder must be throws and writes nothing", async () => {
    writeFileSync(join(temp.path, "contracts"), "x");
    await expect(initPack(dir, { packId: "my-pack-v0" })).rejects.toMatchObject({ exitCode: 2 });
    expect(readdirSync(temp.path)).toEqual(["contracts"]);
  });

  it("when the packId is none throws INPUT_INVALID and writes nothing", async () => {
    await expect(initPack(dir, { packId: "My Pack" })).rejects.toMatchObject({ code: "INPUT_INVALID" });
    expect(readdirSync(temp.path)).toEqual([]);
  });
});
