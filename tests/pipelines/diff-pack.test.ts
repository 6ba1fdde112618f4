import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

const PACK = "contracts/access/v1";
let temp: TempDir;

const at = (path: string): string => join(temp.path, path);
const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false", ...args], {
    cwd: temp.path,
    encoding: "utf8",
  });

beforeEach(async () => {
  temp = await createTempDir();
  mkdirSync(at(PACK), { recursive: true });
  writeFileSync(at(`${PACK}/README.md`), "a pack");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
});
afterEach(() => temp.remove());

function diff(base: string, dir = PACK) {
  const options = { cwd: temp.path, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(resolve("scripts/diff_pack.sh"), [base, dir, "out"], options);
  return { status, stderr };
}

describe("diff_pack.sh", () => {
  it.each(["", "0".repeat(40)])("writes nothing where there is no base: %j", (base) => {
    expect(diff(base)).toEqual({ status: 0, stderr: expect.stringContaining("nothing to compare") });
    expect(existsSync(at("out/decision-diff.md"))).toBe(false);
  });

  it("says that a pack is new", () => {
    renameSync(at(PACK), at("contracts/access/v2"));
    expect(diff("HEAD", "contracts/access/v2")).toEqual({ status: 0, stderr: expect.stringContaining("nothing to") });
  });

  it("fails on a base that was not fetched", () => {
    renameSync(at(PACK), at("contracts/access/v2"));
    const { status, stderr } = diff("1".repeat(40), "contracts/access/v2");
    expect([status, stderr]).toEqual([2, expect.stringContaining("error CONFIG_INVALID")]);
  });

  it.each(["other", "other/contracts/access/v1"])("refuses a link to %s, which would pass for a new pack", (target) => {
    mkdirSync(at("other/contracts/access"), { recursive: true });
    renameSync(at(PACK), at("other/contracts/access/v1"));
    symlinkSync(at(target), at(PACK));
    const { status, stderr } = diff("HEAD");
    expect([status, stderr]).toEqual([2, expect.stringContaining("symbolic link")]);
  });

  it("refuses a link in a checkout that is named like the folder that it leads to", () => {
    const name = temp.path.split("/").at(-1) ?? "";
    mkdirSync(at(`${name}/contracts/access`), { recursive: true });
    renameSync(at(PACK), at(`${name}/${PACK}`));
    symlinkSync(at(`${name}/${PACK}`), at(PACK));
    expect(diff("HEAD").status).toBe(2);
  });

  it("takes no settings from a source that looks like a bare repository", () => {
    git("init", "--quiet", "--bare", PACK);
    const { status, stderr } = diff("HEAD");
    expect([status, stderr]).toEqual([128, expect.stringContaining("bare")]);
  });

  it("fails outside of git", () => {
    renameSync(at(".git"), at("not-git"));
    expect(diff("HEAD").status).not.toBe(0);
  });
});
