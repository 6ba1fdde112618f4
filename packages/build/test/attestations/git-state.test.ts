import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { readGitState } from "../../src/attestations/git-state.ts";
import { readSource } from "../../src/source.ts";
import { sourceFiles, writeFiles } from "../sources.ts";

const ENV = { PATH: process.env["PATH"] };
const IDENTITY = ["-c", "user.name=A", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false"];

let temp: TempDir;
let dir: string;
const git = (...args: string[]): string =>
  execFileSync("git", ["-C", temp.path, ...IDENTITY, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
const stateOf = async (env = ENV) => readGitState(dir, await readSource(dir), env);

beforeEach(async () => {
  temp = await createTempDir();
  dir = join(temp.path, "contracts/test-pack/v0");
  mkdirSync(dir, { recursive: true });
  writeFiles(dir, sourceFiles());
});
afterEach(() => temp.remove());

const commit = (format = "sha1"): string => {
  git("init", "--quiet", "--initial-branch=main", `--object-format=${format}`);
  writeFileSync(join(dir, "manifest.json"), '{"manifest": {"revision": 1, "previousDigest": null}}');
  git("add", ".");
  git("commit", "--quiet", "-m", "a");
  return git("rev-parse", "HEAD");
};

describe("readGitState", () => {
  it.each(["sha1", "sha256"])("when the files are the commit's, named by %s, returns it as clean", async (format) => {
    const id = commit(format);
    git("remote", "add", "origin", "https://user:secret@example.test/octo/pack.git");
    git("update-ref", "refs/remotes/origin/main", id);
    expect(await stateOf()).toEqual({
      commit: id,
      isClean: true,
      ref: "refs/heads/main",
      repository: "https://example.test/octo/pack",
    });
  });

  it("when the remote's branch has not the commit returns no repository", async () => {
    const first = commit();
    git("remote", "add", "origin", "https://example.test/octo/pack.git");
    expect(await stateOf()).toMatchObject({ ref: "refs/heads/main", repository: undefined });
    git("update-ref", "refs/remotes/origin/main", first);
    git("commit", "--quiet", "--allow-empty", "-m", "b");
    expect(await stateOf()).toMatchObject({ ref: "refs/heads/main", repository: undefined });
  });

  it("when only the manifest, a companion or a signature changed returns it as clean", async () => {
    writeFiles(dir, { "CHANGELOG.md": "# Changelog\n", "cases/baseline.json": "{}" });
    commit();
    writeFiles(dir, { "CHANGELOG.md": "# More\n" });
    writeFileSync(join(dir, "manifest.json"), '{"manifest": {"revision": 2, "previousDigest": null}}');
    writeFileSync(join(dir, "signing/cosign.bundle.json"), "{}");
    expect(await stateOf()).toMatchObject({ isClean: true });
  });

  it.each([
    [
      "changed",
      () => {
        writeFileSync(join(dir, "README.md"), "# B\n");
      },
    ],
    [
      "added",
      () => {
        writeFileSync(join(dir, "opa/a/b.rego"), "package b\n");
      },
    ],
    [
      "removed",
      () => {
        rmSync(join(dir, "signing"), { recursive: true });
      },
    ],
    [
      "added and ignored by git",
      () => {
        writeFileSync(join(temp.path, ".git/info/exclude"), "b.rego\n");
        writeFileSync(join(dir, "opa/a/b.rego"), "package b\n");
      },
    ],
    [
      "changed and hidden from git status",
      () => {
        git("update-index", "--assume-unchanged", "contracts/test-pack/v0/README.md");
        writeFileSync(join(dir, "README.md"), "# B\n");
      },
    ],
    ["renamed", () => git("mv", "contracts/test-pack/v0/opa/a/a.rego", "contracts/test-pack/v0/opa/a/c.rego")],
  ])("when a file was %s returns it as not clean", async (_what, change) => {
    commit();
    change();
    expect(await stateOf()).toMatchObject({ isClean: false });
  });

  it("when no branch is checked out, and the remote is no HTTPS URL, returns neither", async () => {
    const id = commit();
    git("checkout", "--quiet", "--detach");
    git("remote", "add", "origin", "git@example.test:octo/pack.git");
    expect(await stateOf()).toEqual({ commit: id, isClean: true, ref: undefined, repository: undefined });
  });

  it("when there is no commit, no checkout or no git returns none", async () => {
    expect(
      await stateOf({ PATH: process.env["PATH"], GIT_CEILING_DIRECTORIES: temp.path } as typeof ENV),
    ).toBeUndefined();
    git("init", "--quiet");
    expect(await stateOf()).toBeUndefined();
    expect(await stateOf({ PATH: "/nonexistent" })).toBeUndefined();
  });

  it("when the checkout lacks objects runs nothing that its configuration names, and returns it as not clean", async () => {
    commit();
    const [tree = ""] = git("rev-parse", "HEAD^{tree}").split("\n");
    rmSync(join(temp.path, ".git/objects", tree.slice(0, 2), tree.slice(2)));
    git("config", "extensions.partialClone", "origin");
    git("config", "remote.origin.promisor", "true");
    git("config", "remote.origin.url", `ext::touch ${join(temp.path, "ran")}`);
    git("config", "protocol.ext.allow", "always");
    expect(await stateOf()).toMatchObject({ isClean: false });
    expect(existsSync(join(temp.path, "ran"))).toBe(false);
  });
});
