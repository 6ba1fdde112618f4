import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { withWorkspace } from "../src/workspace.ts";
import type { Workspace } from "../src/workspace.ts";

const FILES = ["opa/a/a.rego", "data/x/data.json", "README.md", "signing/s"].map((path) => ({
  path,
  bytes: Buffer.from(path),
}));

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

const use = <T>(work: (workspace: Workspace) => Promise<T>, within = temp.path): Promise<T> =>
  withWorkspace(FILES, work, within);

describe("withWorkspace", () => {
  it("when used hands over a copy of what OPA reads, and removes it", async () => {
    const folder = await use(({ source, output, home }) => {
      expect(readFileSync(join(source, "opa/a/a.rego"), "utf8")).toBe("opa/a/a.rego");
      expect(readdirSync(source).sort()).toEqual(["data", "opa"]);
      expect([readdirSync(output), readdirSync(home)]).toEqual([[], []]);
      return Promise.resolve(source);
    });
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(temp.path)).toEqual([]);
  });

  it("when the use throws removes the copy and throws the same", async () => {
    const reason = new Error("no");
    await expect(use(() => Promise.reject(reason))).rejects.toBe(reason);
    expect(readdirSync(temp.path)).toEqual([]);
  });

  it("when the temporary folder is relative hands over absolute paths all the same", async () => {
    const source = await use(({ source: it }) => Promise.resolve(it), relative(process.cwd(), temp.path));
    expect(isAbsolute(source)).toBe(true);
  });

  it("when no copy can be written throws OUTPUT_FAILED", async () => {
    writeFileSync(join(temp.path, "file"), "");
    const run = use(() => Promise.resolve(), join(temp.path, "file"));
    await expect(run).rejects.toMatchObject({ code: "OUTPUT_FAILED", exitCode: 2 });
  });

  it("when a build was killed long ago removes its copy, and no other", async () => {
    const gone = spawnSync(process.execPath, ["--eval", ""]).pid;
    const names = [
      `policy-pack-build-${gone}-aaaaaa`,
      `policy-pack-build-${process.pid}-bbbbbb`,
      "policy-pack-build-x",
    ];
    for (const name of [...names, `policy-pack-build-${gone}-cccccc`]) mkdirSync(join(temp.path, name));
    for (const name of names) utimesSync(join(temp.path, name), 1, 1);
    await use(() => Promise.resolve());
    expect(readdirSync(temp.path).sort()).toEqual([...names.slice(1), `policy-pack-build-${gone}-cccccc`].sort());
  });
});
