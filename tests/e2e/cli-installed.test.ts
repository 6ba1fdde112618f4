import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTempDir } from "@policy-pack/testkit";
import { readWorkspaces } from "../support/workspaces.ts";
import { createEvalPack } from "./eval-pack.ts";
import type { EvalPack } from "./eval-pack.ts";

const ROOT = join(import.meta.dirname, "../..");
/** What npm leaves out of a package, and what would make the command take itself for a checkout. */
const NOT_INSTALLED = /\.tsbuildinfo$|\/(?:src|test|node_modules)$|\.new-\d+$/;

let pack: EvalPack;
let installed: { readonly path: string; remove(): Promise<void> };

/** The workspaces as npm installs them: each a folder of node_modules, beside the packages that they need. */
async function install(modules: string): Promise<void> {
  await mkdir(modules, { recursive: true });
  const own = readWorkspaces();
  for (const { name, folder } of own) {
    const source = join(ROOT, folder);
    const filter = (path: string): boolean => !NOT_INSTALLED.test(`/${relative(source, path)}`);
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await cp(source, join(modules, name), { recursive: true, filter });
  }
  const names = new Set(own.map(({ name }) => name));
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name === "@policy-pack" || names.has(name)) continue;
    await symlink(join(ROOT, "node_modules", name), join(modules, name));
  }
}

beforeAll(async () => {
  pack = await createEvalPack();
  installed = await createTempDir();
  await install(join(installed.path, "node_modules"));
});

afterAll(async () => {
  await pack.remove();
  await installed.remove();
});

describe("the command as npm installs it", () => {
  it("finds the programs of its threads", async () => {
    await writeFile(pack.at("lines.jsonl"), '{"x":5,"size":"1K"}\n');
    const bin = join(installed.path, "node_modules/@policy-pack/cli/bin/policy-pack.js");
    const flags = ["--entrypoint", "ask/parsed", "--input-lines", "lines.jsonl", "--jobs", "1", "--unsafe-unverified"];
    const args = [bin, "eval", "dist/ask/v0/ask-v0.tar", ...flags];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: pack.path });
    expect(stdout).toBe('{"line":1,"value":1000}\n');
  });
});
