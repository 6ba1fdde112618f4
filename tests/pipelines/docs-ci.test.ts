import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, readFile, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { createSmallPack, SOURCE } from "../e2e/small-pack.ts";
import { describeWith } from "../interop/tools.ts";
import type { SmallPack } from "../e2e/small-pack.ts";
import { readAction } from "./workflow-files.ts";

const ROOT = resolve(import.meta.dirname, "../..");

let page: string;
let pack: SmallPack;

beforeAll(async () => {
  page = await readFile(join(ROOT, "docs/ci.md"), "utf8");
  pack = await createSmallPack();
  await pack.cli.run(["generate-key-pair", "--format", "pkcs8"]);
  await writeFile(pack.at(".gitignore"), "/dist/\n/ci-out/\n*.key\n");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
});
afterAll(() => pack.remove());

function git(...args: string[]): void {
  const identity = ["-c", "user.name=A", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd: pack.path });
}

/** Runs the page's recipe as a pipeline would, with this checkout as the tool. */
function recipe(env: Record<string, string>): { status: number | null; output: string } {
  const text = /^```bash\n(.*?)^```$/ms.exec(page)?.[1] ?? "exit 99";
  const inherited = Object.entries(process.env).filter(([name]) => !/^(GITHUB_|ACTIONS_|SIGSTORE_|COSIGN_)/.test(name));
  const own = { POLICY_PACK: ROOT, PACK_DIR: SOURCE, BASE: "HEAD", ...env };
  const options = { cwd: pack.path, env: { ...Object.fromEntries(inherited), ...own }, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", text], options);
  return { status, output: stdout + stderr };
}

describeWith("jq", "the recipe of docs/ci.md", () => {
  it("passes a pack that did not change, and signs nothing", async () => {
    expect(recipe({})).toMatchObject({ status: 0 });
    expect((await readdir(pack.at("ci-out"))).sort()).toEqual(["build.json", "diff"]);
    expect(existsSync(pack.at("ci-out/diff/decision-diff.md"))).toBe(true);
  });

  it("signs and attests, and verifies both", async () => {
    const run = recipe({ SIGN: "true", SIGNING_KEY: "policy-pack.key", PUBLIC_KEY: "policy-pack.pub" });
    expect(run).toMatchObject({ status: 0, output: expect.stringContaining("\nverified: ") });
    expect((await readFile(pack.at("ci-out/attestations.jsonl"), "utf8")).trimEnd().split("\n")).toHaveLength(4);
  });

  it("stops at a change that was not built, and at one that was not released", async () => {
    await appendFile(pack.at(`${SOURCE}/README.md`), "more\n");
    const unbuilt = recipe({});
    git("commit", "--quiet", "--all", "--message", "more");
    const unreleased = recipe({ BASE: "HEAD~1" });
    git("rm", "--quiet", "--cached", `${SOURCE}/manifest.json`);
    const uncommitted = recipe({});
    git("reset", "--quiet", "--hard");
    expect([unbuilt.status, unreleased.status, uncommitted.status]).toEqual([1, 2, 1]);
    expect(unreleased.output).toContain("error CONTRACT_UNRELEASED");
  });
});

describe("docs/ci.md", () => {
  it("documents each input and output of the action, and no other", () => {
    const { inputs, outputs } = readAction();
    const [, wanted = "", given = ""] = page.split(/^\| (?:input|output) \| what .*\n.*\n/m);
    const named = (table: string): readonly string[] =>
      [
        ...table
          .split("\n\n", 1)
          .join("")
          .matchAll(/^\| (.*?) \|/gm),
      ].flatMap(([, cell = ""]) => cell.match(/[a-z-]+/g) ?? []);
    expect([...named(wanted)].sort()).toEqual(Object.keys(inputs).sort());
    expect([...named(given)].sort()).toEqual(Object.keys(outputs).sort());
  });

  it("shows the action's use as valid steps of five lines", () => {
    const text = /^```yaml\n(.*?)^```$/ms.exec(page)?.[1] ?? "";
    expect(text.trimEnd().split("\n")).toHaveLength(5);
    expect(parse(text)).toMatchObject([
      { with: { "persist-credentials": false } },
      { with: { "pack-dir": "contracts/access/v1" } },
    ]);
  });

  it("lists every workflow", async () => {
    const files = await readdir(join(ROOT, ".github/workflows"));
    expect(files.filter((file) => !page.includes(`\`${file}\``))).toEqual([]);
  });
});
