import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { checkGitPlace } from "../../src/release/git-place.ts";

let temp: TempDir;
let root = "";
beforeEach(async () => {
  temp = await createTempDir();
  root = join(temp.path, "repo");
  for (const folder of ["contracts/a/v0", "other/a/v0"]) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "a.txt"), "a");
  }
  gitIn(root, "init", "--quiet", "--initial-branch=main");
});
afterEach(() => temp.remove());

function gitIn(cwd: string, ...args: string[]): void {
  execFileSync("git", args, { cwd, stdio: "pipe" });
}

const check = (dir: string, cwd = root): Promise<void> => checkGitPlace({ dir, env: process.env }, cwd);
const invalid = { code: "CONFIG_INVALID", exitCode: 2 };

describe("checkGitPlace", () => {
  it("when the folder is where its path says returns, from anywhere", async () => {
    const dir = join(root, "contracts/a/v0");
    for (const cwd of [root, dir, temp.path]) await check(dir, cwd);
    await check(root);
    await check(`${dir}/`);
  });

  it("when the repository itself lies behind a link returns", async () => {
    symlinkSync(root, join(temp.path, "link"));
    await check(join(temp.path, "link/contracts/a/v0"), join(temp.path, "link"));
  });

  it("when git does not answer returns", async () => {
    await check(temp.path, temp.path);
    await check(join(root, "nowhere"));
  });

  it.each(["contracts/a/v1", "a/v0", "contracts/b/v0"])("when %s is or lies behind a link throws", async (place) => {
    symlinkSync("v0", join(root, "contracts/a/v1"));
    symlinkSync("other/a", join(root, "a"));
    symlinkSync("../other/a", join(root, "contracts/b"));
    await expect(check(join(root, place))).rejects.toMatchObject(invalid);
  });

  it("when a link leads to a repository elsewhere throws", async () => {
    mkdirSync(join(temp.path, "elsewhere/v2"), { recursive: true });
    gitIn(join(temp.path, "elsewhere"), "init", "--quiet");
    symlinkSync("../../../elsewhere/v2", join(root, "contracts/a/v2"));
    await expect(check(join(root, "contracts/a/v2"))).rejects.toMatchObject(invalid);
  });

  it("when it is a repository within another throws, unless asked from within", async () => {
    const inner = join(root, "contracts/a/v0");
    gitIn(inner, "init", "--quiet");
    await expect(check(inner)).rejects.toMatchObject(invalid);
    await check(inner, inner);
    await check(inner, temp.path);
  });
});
