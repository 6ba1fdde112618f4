import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import {
  findCommit,
  findMaker,
  isInGit,
  readCommitFiles,
  readStagedFiles,
  resolveCommit,
} from "../../src/release/git-files.ts";
import type { GitFolder } from "../../src/release/git-files.ts";
import { writeFiles } from "../sources.ts";

let temp: TempDir;
let root = "";
let folder: GitFolder;
beforeEach(async () => {
  temp = await createTempDir();
  root = join(temp.path, "repo");
  mkdirSync(join(root, "contracts/a/v0"), { recursive: true });
  folder = { dir: join(root, "contracts/a/v0"), env: process.env };
});
afterEach(() => temp.remove());

function git(...args: string[]): string {
  return gitIn(root, ...args);
}

function gitIn(cwd: string, ...args: string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
  return execFileSync("git", [...who, ...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
}

/** Writes files of the folder and commits them. */
function commit(files: Readonly<Record<string, string>>): string {
  if (!existsSync(join(root, ".git"))) git("init", "--quiet", "--initial-branch=main");
  writeFiles(folder.dir, files);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "-m", "a");
  return git("rev-parse", "HEAD");
}

const all = (): boolean => true;
const invalid = { code: "CONFIG_INVALID", exitCode: 2 };

async function textsAt(at: string): Promise<Record<string, string>> {
  const files = await readCommitFiles(folder, at, all);
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

describe("resolveCommit", () => {
  it("when given a branch, tag, id or expression returns the commit", async () => {
    const first = commit({ "a.txt": "1" });
    const second = commit({ "a.txt": "2" });
    git("tag", "--annotate", "-m", "x", "v1.0", first);
    git("branch", "feature/it's-$(x);`y`");
    for (const ref of ["main", "HEAD", second, second.slice(0, 12), "refs/heads/main", "feature/it's-$(x);`y`"]) {
      expect(await resolveCommit(folder, ref)).toBe(second);
    }
    for (const ref of ["v1.0", "HEAD~1", "main^", first]) expect(await resolveCommit(folder, ref)).toBe(first);
  });

  it("when branch, tag, remote branch or shortened id of one name are several commits throws CONFIG_INVALID", async () => {
    const first = commit({ "a.txt": "1" });
    const second = commit({ "a.txt": "2" });
    git("update-ref", "refs/remotes/origin/main", second);
    git("tag", "twin", second);
    git("branch", "twin", second);
    for (const ref of ["origin/main", "twin"]) expect(await resolveCommit(folder, ref)).toBe(second);
    for (const name of ["origin/main", "main"]) git("tag", name, first);
    git("branch", second.slice(0, 10), first);
    for (const ref of ["origin/main", "origin/main^{commit}", "main~0", "main@{0}", second.slice(0, 10)])
      await expect(resolveCommit(folder, ref)).rejects.toMatchObject(invalid);
    for (const ref of ["refs/remotes/origin/main", "refs/heads/main", "HEAD", second, "twin"]) {
      expect(await resolveCommit(folder, ref)).toBe(second);
    }
  });

  it.each([
    "",
    "nowhere",
    "--all",
    "-h",
    "--help",
    "--git-dir",
    "--output=pwned",
    "--exec=touch pwned",
    "^main",
    "main..HEAD",
    "main:contracts",
    "HEAD^{tree}",
    "main\n",
    "main\u0000",
    "main;touch pwned",
    "$(touch pwned)",
    "main --",
    "0000000000000000000000000000000000000000",
    "x".repeat(5_000),
  ])("when given %j throws CONFIG_INVALID and runs nothing", async (ref) => {
    commit({ "a.txt": "1" });
    await expect(resolveCommit(folder, ref)).rejects.toMatchObject(invalid);
    expect([existsSync(join(root, "pwned")), existsSync(join(folder.dir, "pwned"))]).toEqual([false, false]);
  });

  it("when a branch is named like an option is found only by its full name", async () => {
    const id = commit({ "a.txt": "1" });
    git("update-ref", "refs/heads/--help", id);
    await expect(resolveCommit(folder, "--help")).rejects.toMatchObject(invalid);
    expect(await resolveCommit(folder, "refs/heads/--help")).toBe(id);
  });

  it("when nothing was committed, or there is no repository, throws CONFIG_INVALID", async () => {
    await expect(resolveCommit(folder, "HEAD")).rejects.toMatchObject(invalid);
    git("init", "--quiet", "--initial-branch=main");
    await expect(resolveCommit(folder, "HEAD")).rejects.toMatchObject(invalid);
    await expect(resolveCommit(folder, "main")).rejects.toMatchObject(invalid);
    expect(await findCommit(folder, "main")).toBeUndefined();
  });

  it("when git is not there throws CONFIG_INVALID", async () => {
    commit({ "a.txt": "1" });
    await expect(resolveCommit({ ...folder, env: { PATH: temp.path } }, "main")).rejects.toMatchObject(invalid);
  });

  it("when the clone is shallow throws CONFIG_INVALID for what it lacks", async () => {
    const first = commit({ "a.txt": "1" });
    commit({ "a.txt": "2" });
    const clone = join(temp.path, "clone");
    gitIn(temp.path, "clone", "--quiet", "--depth=1", `file://${root}`, clone);
    const shallow = { dir: join(clone, "contracts/a/v0"), env: process.env };
    await expect(resolveCommit(shallow, "HEAD~1")).rejects.toMatchObject(invalid);
    await expect(resolveCommit(shallow, first)).rejects.toMatchObject(invalid);
    const head = await resolveCommit(shallow, "HEAD");
    expect(await findMaker(shallow, head, "a.txt")).toBe(head);
    expect(await readCommitFiles(shallow, head, all)).toHaveLength(1);
  });

  it("when variables or a folder would name another repository asks the one around the folder", async () => {
    const id = commit({ "a.txt": "1" });
    const other = join(temp.path, "other");
    gitIn(temp.path, "init", "--quiet", "--initial-branch=main", other);
    gitIn(other, "commit", "--quiet", "--allow-empty", "-m", "b");
    const env = { ...process.env, GIT_DIR: join(other, ".git"), GIT_WORK_TREE: other };
    expect(await resolveCommit({ ...folder, env }, "main")).toBe(id);
    gitIn(temp.path, "clone", "--quiet", "--bare", other, join(temp.path, "bare"));
    execFileSync("cp", ["-r", `${join(temp.path, "bare")}/.`, folder.dir]);
    expect(await findCommit(folder, "main")).not.toBe(gitIn(other, "rev-parse", "HEAD"));
  });
});

describe("readCommitFiles", () => {
  it("when given a commit returns the folder's wanted files as they were", async () => {
    const first = commit({ "a.txt": "1", "b/c.bin": "\u0000\nx\n", empty: "" });
    writeFiles(root, { "outside.txt": "x" });
    commit({ "a.txt": "2" });
    expect(await textsAt(first)).toEqual({ "a.txt": "1", "b/c.bin": "\u0000\nx\n", empty: "" });
    expect(await readCommitFiles(folder, first, (path) => path === "a.txt")).toHaveLength(1);
    expect(await readCommitFiles(folder, first, () => false)).toEqual([]);
  });

  it("when the commit has not the folder returns nothing", async () => {
    git("init", "--quiet", "--initial-branch=main");
    writeFiles(root, { "x.txt": "" });
    git("add", "x.txt");
    git("commit", "--quiet", "-m", "a");
    expect(await readCommitFiles(folder, git("rev-parse", "HEAD"), all)).toEqual([]);
  });

  it("when a wanted file is a link in git throws CONFIG_INVALID", async () => {
    symlinkSync("/etc/passwd", join(folder.dir, "manifest.json"));
    const id = commit({});
    await expect(readCommitFiles(folder, id, all)).rejects.toMatchObject(invalid);
    expect(await readCommitFiles(folder, id, (path) => path !== "manifest.json")).toEqual([]);
  });

  it("when a wanted file is huge throws LIMIT_EXCEEDED", async () => {
    const id = commit({ "a.txt": "x".repeat(4 * 1024 * 1024 + 1) });
    await expect(readCommitFiles(folder, id, all)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(await readCommitFiles(folder, id, () => false)).toEqual([]);
  });

  it("when objects are replaced reads the true ones", async () => {
    const first = commit({ "a.txt": "true" });
    const second = commit({ "a.txt": "false" });
    git(
      "replace",
      git("rev-parse", `${first}:contracts/a/v0/a.txt`),
      git("rev-parse", `${second}:contracts/a/v0/a.txt`),
    );
    git("replace", first, second);
    expect(await textsAt(first)).toEqual({ "a.txt": "true" });
  });

  it("when the repository names programs runs none of them", async () => {
    const mark = join(temp.path, "ran");
    const script = join(temp.path, "run.sh");
    writeFileSync(script, `#!/bin/sh\ntouch ${mark}\ncat\n`, { mode: 0o755 });
    const id = commit({ "a.txt": "1", ".gitattributes": "* diff=evil filter=evil text\n" });
    for (const [name, value] of [
      ["core.fsmonitor", script],
      ["core.pager", script],
      ["core.sshCommand", script],
      ["core.gitProxy", script],
      ["core.hooksPath", temp.path],
      ["core.editor", script],
      ["diff.external", script],
      ["diff.evil.textconv", script],
      ["diff.evil.command", script],
      ["filter.evil.smudge", script],
      ["filter.evil.clean", script],
      ["filter.evil.process", script],
      ["pager.ls-tree", script],
      ["pager.cat-file", script],
      ["alias.ls-tree", `!${script}`],
      ["gpg.program", script],
      ["log.showSignature", "true"],
      ["credential.helper", script],
    ] as const) {
      git("config", name, value);
    }
    rmSync(mark, { force: true });
    expect(await findMaker(folder, id, "a.txt")).toBe(id);
    expect(await readCommitFiles(folder, id, all)).toHaveLength(2);
    expect(await readStagedFiles(folder, all)).toHaveLength(2);
    expect(await isInGit(folder)).toBe(true);
    expect(existsSync(mark)).toBe(false);
  });

  it("when a relative folder of PATH holds a git does not run it", async () => {
    const id = commit({ "a.txt": "1" });
    const mark = join(temp.path, "ran");
    writeFiles(temp.path, { "bin/git": `#!/bin/sh\ntouch ${mark}\necho ${id}\n` });
    chmodSync(join(temp.path, "bin/git"), 0o755);
    const folders = [relative(process.cwd(), join(temp.path, "bin")), "", "."];
    const ask = (...path: readonly string[]): Promise<string | undefined> =>
      findCommit({ ...folder, env: { PATH: path.join(delimiter) } }, "main");
    expect(await ask(...folders, process.env["PATH"] ?? "")).toBe(id);
    expect(await ask(...folders)).toBeUndefined();
    expect(existsSync(mark)).toBe(false);
  });

  it("when a partial clone lacks the objects throws CONFIG_INVALID and fetches nothing", async () => {
    const first = commit({ "a.txt": "1" });
    commit({ "a.txt": "2" });
    git("config", "uploadpack.allowFilter", "true");
    const clone = join(temp.path, "clone");
    gitIn(temp.path, "clone", "--quiet", "--filter=blob:none", `file://${root}`, clone);
    const mark = join(temp.path, "ran");
    for (const url of [`ext::sh -c "touch ${mark}"`, `file://${root}`]) {
      gitIn(clone, "config", "remote.origin.url", url);
      gitIn(clone, "config", "remote.origin.uploadpack", `touch ${mark}; git-upload-pack`);
      gitIn(clone, "config", "protocol.allow", "always");
      gitIn(clone, "config", "protocol.ext.allow", "always");
      gitIn(clone, "config", "protocol.file.allow", "always");
      const partial = { dir: join(clone, "contracts/a/v0"), env: process.env };
      await expect(readCommitFiles(partial, first, all)).rejects.toMatchObject(invalid);
      expect(existsSync(mark)).toBe(false);
    }
  });
});

describe("readStagedFiles", () => {
  it("when something is staged returns it, and nothing that only lies there", async () => {
    commit({ "a.txt": "1" });
    writeFiles(folder.dir, { "b.txt": "staged", "c.txt": "not" });
    git("add", "contracts/a/v0/b.txt");
    writeFiles(folder.dir, { "b.txt": "later" });
    const files = await readStagedFiles(folder, all);
    expect(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
      ["a.txt", "1"],
      ["b.txt", "staged"],
    ]);
  });
});

describe("findMaker", () => {
  it("when the file stayed returns the commit that made it what it is", async () => {
    const first = commit({ "a.txt": "1", "[a-z].txt": "1" });
    const second = commit({ "b.txt": "2" });
    expect(await findMaker(folder, second, "a.txt")).toBe(first);
    expect(await findMaker(folder, second, "b.txt")).toBe(second);
    expect(await findMaker(folder, second, "none.txt")).toBeUndefined();
    // Not as the pattern that git would read in it.
    const third = commit({ "c.txt": "3" });
    expect(await findMaker(folder, third, "[a-z].txt")).toBe(first);
  });
});

describe("isInGit", () => {
  it("when there is no repository, or no git, returns false", async () => {
    expect(await isInGit(folder)).toBe(false);
    commit({});
    expect(await isInGit(folder)).toBe(true);
    expect(await isInGit({ ...folder, env: { PATH: temp.path } })).toBe(false);
  });
});
