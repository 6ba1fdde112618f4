import { closeSync, existsSync, openSync } from "node:fs";
import { cp, mkdir, readFile, stat, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { OPA_VERSION } from "@policy-pack/build";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { createCli, ended } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";

const PACKAGE = join(import.meta.dirname, "../../clients/cli/package.json");
const SOURCE = join(import.meta.dirname, "../../contracts/policy-pack/v0");
const VERBS = [
  "init",
  "build",
  "generate-key-pair",
  "sign",
  "verify",
  "diff",
  "simulate",
  "inspect",
  "serve",
  "fetch",
  "eval",
  "policy",
  "trusted-root",
  "doctor",
];

let packageVersion: string;
let folder: TempDir;
let cli: Cli;

function codeOf(answer: unknown): unknown {
  return (answer as { error?: { code?: unknown } }).error?.code;
}

beforeAll(async () => {
  packageVersion = (JSON.parse(await readFile(PACKAGE, "utf8")) as { version: string }).version;
  folder = await createTempDir();
  cli = await createCli(folder.path);
});

afterAll(() => folder.remove());

describe("every verb", () => {
  it.each(VERBS)("%s --help shows an example, --json and the way to leave", async (verb) => {
    const { status, stdout, stderr } = await cli.run([verb, "--help"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n +\\$ .*policy-pack ${verb}`));
    expect(stdout).toContain("--json");
    expect(stdout).toContain("--version");
  });

  it.each(VERBS)("%s --version prints the version alone", async (verb) => {
    const { status, stdout } = await cli.run([verb, "--version"]);
    expect([status, stdout]).toEqual([0, `${packageVersion}\n`]);
  });

  it.each(VERBS)("%s reports a flag that it does not have with exit 2, as JSON and for people", async (verb) => {
    const { status, stderr, answer } = await cli.json([verb, "--no-such-flag"]);
    expect([status, stderr, codeOf(answer)]).toEqual([2, "", "CONFIG_INVALID"]);
    const people = await cli.run([verb, "--no-such-flag"]);
    expect([people.status, people.stdout]).toEqual([2, ""]);
    expect(people.stderr).toMatch(/^error CONFIG_INVALID: .*\n +See: policy-pack/s);
  });
});

describe("policy-pack", () => {
  it("prints its version, and the verbs with their exit codes", async () => {
    expect((await cli.run(["--version"])).stdout).toBe(`${packageVersion}\n`);
    const { status, stdout } = await cli.run(["--help"]);
    expect(status).toBe(0);
    for (const verb of VERBS) expect(stdout).toContain(`  ${verb} `);
    expect(stdout).toContain("Exit codes:");
  });

  it("exits 2 without a verb and for one that it does not have", async () => {
    const none = await cli.run([]);
    expect([none.status, none.stdout]).toEqual([2, ""]);
    const unknown = await cli.json(["verfy"]);
    expect([unknown.status, codeOf(unknown.answer)]).toEqual([2, "CONFIG_INVALID"]);
  });

  it("keeps its exit status and stays quiet when the reader goes away", async () => {
    const child = cli.start(["--help"]);
    child.stdout?.destroy();
    let errors = "";
    child.stderr?.on("data", (piece: Buffer) => (errors += piece.toString()));
    expect(await ended(child)).toEqual({ status: 0, signal: null });
    expect(errors).toBe("");
  });
});

describe("policy-pack, when its answer cannot be written [needs /dev/full]", () => {
  (existsSync("/dev/full") ? it : it.skip)("exits 2, whatever it found", async () => {
    const full = openSync("/dev/full", "w");
    const child = cli.start(["--help"], { stdout: full });
    let errors = "";
    child.stderr?.on("data", (piece: Buffer) => (errors += piece.toString()));
    expect(await ended(child)).toEqual({ status: 2, signal: null });
    expect(errors).toMatch(/^error OUTPUT_FAILED: /);
    closeSync(full);
  });
});

describe("policy-pack build, when it is asked to stop", () => {
  /** An OPA that has the pinned version and then works for ever, after leaving its process id in `started`. */
  async function writeEndlessOpa(version: string): Promise<string> {
    const bin = join(folder.path, "endless");
    await mkdir(bin);
    const script = `#!/bin/sh\n[ "$1" = version ] && echo "Version: ${version}" && exit\necho $$ >"${bin}/pid" && mv "${bin}/pid" "${bin}/started"\nexec sleep 600\n`;
    await writeFile(join(bin, "opa"), script, { mode: 0o755 });
    return bin;
  }

  it("stops OPA, writes nothing and ends by that signal", async () => {
    const bin = await writeEndlessOpa(OPA_VERSION);
    await cp(SOURCE, join(folder.path, "contracts/policy-pack/v0"), { recursive: true });
    const manifest = join(folder.path, "contracts/policy-pack/v0/manifest.json");
    const before = await readFile(manifest, "utf8");
    const started = (async () => {
      for await (const { filename } of watch(bin)) if (filename === "started") return;
    })();
    const child = cli.start(["build"], { env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` } });
    await started;
    child.kill("SIGTERM");
    expect(await ended(child)).toEqual({ status: null, signal: "SIGTERM" });
    const pid = Number(await readFile(join(bin, "started"), "utf8"));
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: "ESRCH" }));
    expect(await readFile(manifest, "utf8")).toBe(before);
    await expect(stat(join(folder.path, "dist"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
