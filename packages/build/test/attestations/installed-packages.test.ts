import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readInstalledPackages } from "../../src/attestations/installed-packages.ts";

const FAILED = expect.objectContaining({ name: "ConfigError", code: "TOOL_FAILED" });
const SHA512 = Buffer.alloc(64, 7);

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

const put = (folder: string, manifest: object): string => {
  const dir = join(temp.path, folder);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), JSON.stringify(manifest));
  return dir;
};

describe("readInstalledPackages", () => {
  it("when packages need each other lists each once, itself first, with what the lockfile says", async () => {
    const app = put("app", { name: "app", version: "1.0.0", license: "MIT", dependencies: { b: "1", a: "1" } });
    put("node_modules/a", { name: "a", version: "1.1.0", license: "ISC", dependencies: { b: "2" } });
    put("node_modules/b", { name: "b", version: "1.2.0", dependencies: { a: "1" }, devDependencies: { z: "1" } });
    put("node_modules/a/node_modules/b", { name: "b", version: "2.0.0", license: { type: "MIT" } });
    const packages = {
      "node_modules/a": { integrity: `sha512-${SHA512.toString("base64")}` },
      "node_modules/b": { integrity: "sha1-AAAA" },
    };
    writeFileSync(join(temp.path, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
    expect(await readInstalledPackages(app)).toEqual([
      {
        id: "app@1.0.0",
        name: "app",
        version: "1.0.0",
        license: "MIT",
        sha512: undefined,
        dependsOn: ["a@1.1.0", "b@1.2.0"],
      },
      {
        id: "a@1.1.0",
        name: "a",
        version: "1.1.0",
        license: "ISC",
        sha512: SHA512.toString("hex"),
        dependsOn: ["b@2.0.0"],
      },
      { id: "b@1.2.0", name: "b", version: "1.2.0", license: undefined, sha512: undefined, dependsOn: ["a@1.1.0"] },
      { id: "b@2.0.0", name: "b", version: "2.0.0", license: undefined, sha512: undefined, dependsOn: [] },
    ]);
  });

  it("when a dependency is a link to a workspace follows it", async () => {
    const app = put("app", { name: "app", version: "1.0.0", dependencies: { "@a/b": "1" } });
    put("packages/b", { name: "@a/b", version: "1.0.0" });
    mkdirSync(join(temp.path, "node_modules/@a"), { recursive: true });
    symlinkSync("../../packages/b", join(temp.path, "node_modules/@a/b"));
    expect((await readInstalledPackages(app)).map(({ id }) => id)).toEqual(["app@1.0.0", "@a/b@1.0.0"]);
  });

  it("when an optional dependency is not installed leaves it out", async () => {
    const app = put("app", { name: "app", version: "1.0.0", optionalDependencies: { gone: "1" } });
    expect(await readInstalledPackages(app)).toHaveLength(1);
  });

  it("when a dependency is not installed throws TOOL_FAILED", async () => {
    const app = put("app", { name: "app", version: "1.0.0", dependencies: { gone: "1" } });
    await expect(readInstalledPackages(app)).rejects.toThrow(FAILED);
  });

  it("when there is no package, or one without a version, throws TOOL_FAILED", async () => {
    await expect(readInstalledPackages(join(temp.path, "none"))).rejects.toThrow(FAILED);
    await expect(readInstalledPackages(temp.path)).rejects.toThrow(FAILED);
    await expect(readInstalledPackages(put("app", { name: "app" }))).rejects.toThrow(FAILED);
    writeFileSync(join(temp.path, "app/package.json"), "{");
    await expect(readInstalledPackages(join(temp.path, "app"))).rejects.toThrow(FAILED);
  });
});
