import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPack } from "@policy-pack/build";
import { packPaths } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

const SOURCE = packPaths(".", "policy-pack-v0").source;
const PACKAGES = ["abac", "approval", "budget", "promotion"];

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let opa: string;
let root: TempDir;
/** A copy of the pack's source that a test may change. */
let source: string;

beforeAll(async () => {
  opa = await findTestOpa();
  root = await createTempDir();
  source = packPaths(root.path, "policy-pack-v0").source;
  await cp(SOURCE, source, { recursive: true });
});

afterAll(() => root.remove());

function run(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(opa, args, { cwd }, (failure, stdout, stderr) => {
      resolve({ exitCode: failure === null ? 0 : Number(failure.code), stdout, stderr });
    });
  });
}

describe("contracts/policy-pack/v0", () => {
  it("is formatted by opa fmt", async () => {
    expect(await run(SOURCE, "fmt", "--fail", "--list", "opa")).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("passes opa check --strict with its schemas", async () => {
    expect(await run(SOURCE, "check", "--strict", "--schema", "opa/schemas", "opa")).toMatchObject({ exitCode: 0 });
  });

  it("covers each line of the policies by tests that pass", async () => {
    const { exitCode, stdout } = await run(SOURCE, "test", "--coverage", "--format", "json", "opa", "data");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ coverage: 100 });
  });

  it.each(PACKAGES)("has a schema that opa check holds cos/%s to", async (name) => {
    const file = join(source, "opa/cos", name, `${name}.rego`);
    const rego = await readFile(file, "utf8");
    await writeFile(file, `${rego}\nmistyped if input.no_such_field == 1\n`);
    const withSchemas = await run(source, "check", "--strict", "--schema", "opa/schemas", "opa");
    await writeFile(file, rego);
    expect(withSchemas.exitCode).not.toBe(0);
    expect(withSchemas.stderr).toContain("no_such_field");
  });

  it("is what the committed manifest says, with the eight entrypoints of the contract", async () => {
    const { manifest, manifestPath } = await buildPack({ sourceDir: source, outDir: join(root.path, "dist"), opa });
    expect(await readFile(manifestPath, "utf8")).toBe(await readFile(join(SOURCE, "manifest.json"), "utf8"));
    expect(manifest.entrypoints).toEqual([
      "cos/abac/allow",
      "cos/abac/reasons",
      "cos/approval/reasons",
      "cos/approval/require_human",
      "cos/budget/decision",
      "cos/budget/reasons",
      "cos/promotion/ok",
      "cos/promotion/reasons",
    ]);
  });
});
