import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestOf, parseManifest, parseOpaManifest, policyDigestOf, readPackUnsafe } from "@policy-pack/pack";
import { createTempDir, findTestOpa, startHttpServer } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { buildPack } from "../src/build.ts";
import type { BuildOptions, BuildResult } from "../src/build.ts";
import { OPA_VERSION } from "../src/opa-tool.ts";
import { readSource } from "../src/source.ts";
import { runOpa } from "../src/opa-run.ts";
import type { OpaOutput } from "../src/opa-run.ts";
import { TOOLKIT_VERSION } from "../src/toolkit.ts";
import { sourceFiles, writeFiles } from "./sources.ts";
import { readEntrypoints } from "./wasm.ts";

const BUILD_CHILD = fileURLToPath(new URL("./children/build.mjs", import.meta.url));
const BUILD_MODULE = new URL("../dist/index.js", import.meta.url).href;

let opa = "";
let temp: TempDir;
let sourceDir = "";
let outDir = "";
beforeAll(async () => {
  opa = await findTestOpa();
});
beforeEach(async () => {
  temp = await createTempDir();
  sourceDir = join(temp.path, "contracts", "test-pack", "v0");
  outDir = join(temp.path, "dist", "test-pack", "v0");
});
afterEach(() => temp.remove());

async function build(options: Partial<BuildOptions> = {}): Promise<BuildResult> {
  return await buildPack({ sourceDir, outDir, opa, ...options });
}

async function buildWith(changes: Record<string, string | undefined>): Promise<BuildResult> {
  writeFiles(sourceDir, sourceFiles(changes));
  return await build();
}

/** Every file below the temp folder with its bytes' digest. */
function snapshot(): Record<string, string> {
  const paths = readdirSync(temp.path, { recursive: true, encoding: "utf8" }).sort();
  const files = paths.filter((path) => statSync(join(temp.path, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, digestOf(readFileSync(join(temp.path, path)))]));
}

function ask(...args: string[]): Promise<OpaOutput> {
  return runOpa({ opa, cwd: temp.path, home: temp.path }, args);
}

describe("buildPack", () => {
  it("when the source is good writes tar, OPA bundle and manifest that agree", async () => {
    const result = await buildWith({});
    const tar = readFileSync(result.tarPath);
    const opaBundle = readFileSync(result.opaBundlePath);
    const manifest = parseManifest(readFileSync(join(sourceDir, "manifest.json")));
    const contents = readPackUnsafe(tar);
    expect(result.tarPath).toBe(join(outDir, "test-pack-v0.tar"));
    expect(result.opaBundlePath).toBe(join(outDir, "test-pack-v0.bundle.tar.gz"));
    expect(result.digest).toBe(digestOf(tar));
    expect(manifest).toEqual(result.manifest);
    expect(manifest).toMatchObject({
      packId: "test-pack-v0",
      contractVersion: "v0",
      revision: 1,
      previousDigest: null,
      lifecycle: "draft",
      emergencyFlags: [],
      policyDigest: policyDigestOf(await readSource(sourceDir)),
      digest: { algorithm: "sha256", value: digestOf(tar).slice(7) },
      artifacts: [
        { name: "test-pack-v0.tar", digest: digestOf(tar), size: tar.length },
        { name: "test-pack-v0.bundle.tar.gz", digest: digestOf(opaBundle), size: opaBundle.length },
      ],
      entrypoints: ["a/allow", "a/reasons"],
      opa: { version: OPA_VERSION },
      toolkit: { version: TOOLKIT_VERSION },
    });
    const files = [...contents.files].map(([path, bytes]) => ({ path, digest: digestOf(bytes), size: bytes.length }));
    expect(new Set(manifest.files)).toEqual(new Set(files));
    expect(contents.data).toEqual({ config: { limit: 3 } });
    expect(result.tests).toEqual({ passed: 2 });
    expect(result.coverage).toBe(100);
  });

  it("when the module is asked names the entrypoints that the manifest lists", async () => {
    const { tarPath, manifest } = await buildWith({});
    expect((await readEntrypoints(readPackUnsafe(readFileSync(tarPath)).wasm)).sort()).toEqual(manifest.entrypoints);
  });

  it("when stock OPA loads the OPA bundle decides by its data, and says its revision", async () => {
    const { opaBundlePath, tarPath } = await buildWith({});
    writeFileSync(join(temp.path, "input.json"), '{"x": 3}');
    const query = ["--format", "raw", "--input", "input.json"];
    expect((await ask("eval", "--bundle", opaBundlePath, ...query, "data.a.allow")).stdout.trim()).toBe("true");
    expect((await ask("eval", "--bundle", opaBundlePath, ...query, "data.a.reasons")).stdout.trim()).toBe("[]");
    const manifest = parseOpaManifest(
      readPackUnsafe(readFileSync(tarPath)).files.get("opa/.manifest") ?? Buffer.alloc(0),
    );
    expect(manifest).toMatchObject({ revision: "1", roots: ["a", "config"], metadata: { packId: "test-pack-v0" } });
    expect((await ask("inspect", "--format", "json", opaBundlePath)).stdout).toContain('"test-pack-v0"');
  });

  it("when built again elsewhere, at another time, under other modes and variables, gives the same bytes", async () => {
    const first = await buildWith({});
    const source = join(temp.path, "another place", "test-pack", "v0");
    const out = join(temp.path, "out2");
    writeFiles(source, Object.fromEntries(Object.entries(sourceFiles()).toReversed()));
    for (const path of Object.keys(sourceFiles())) {
      utimesSync(join(source, path), 86_400, 86_400);
      chmodSync(join(source, path), 0o755);
    }
    const env = {
      PATH: process.env["PATH"],
      LC_ALL: "tr_TR.UTF-8",
      TZ: "Asia/Kathmandu",
      SOURCE_DATE_EPOCH: "1000000000",
      OPA_FORMAT: "pretty",
      OPA_BUILD_OPTIMIZE: "2",
      OPA_TEST_RUN: "nothing",
    };
    const tarPath = join(temp.path, "elsewhere", "p.tar");
    const options = JSON.stringify({ sourceDir: source, outDir: out, opa, tarPath });
    const script = 'umask 077; exec "$0" "$@"';
    const args = ["-c", script, process.execPath, BUILD_CHILD, BUILD_MODULE, options, "never"];
    const { status, stderr } = spawnSync("/bin/sh", args, { cwd: temp.path, env, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    const pairs = [
      [first.tarPath, tarPath],
      [first.opaBundlePath, join(out, "test-pack-v0.bundle.tar.gz")],
      [first.manifestPath, join(source, "manifest.json")],
    ] as const;
    for (const [ours, theirs] of pairs) {
      expect(Buffer.compare(readFileSync(theirs), readFileSync(ours))).toBe(0);
      expect(statSync(theirs).mode & 0o777).toBe(0o644);
    }
  });

  it("when nothing changed writes nothing", async () => {
    expect((await buildWith({})).changed).toHaveLength(3);
    expect((await build()).changed).toEqual([]);
  });

  it("when the source changed keeps revision and previous digest, which only a release changes", async () => {
    const release = { revision: 7, previousDigest: digestOf(Buffer.from("before")) };
    const first = await buildWith({ "manifest.json": JSON.stringify({ manifest: release }) });
    const second = await buildWith({ "README.md": "# Another\n" });
    expect(second.manifest).toMatchObject(release);
    expect(second.digest).not.toBe(first.digest);
    expect(readPackUnsafe(readFileSync(second.tarPath)).revision).toBe("7");
  });

  it("when lifecycle and flags are stated keeps them, and gives the very tar that it gives without them", async () => {
    const release = { revision: 7, previousDigest: digestOf(Buffer.from("before")) };
    const stated = { ...release, lifecycle: "deprecated", emergencyFlags: ["break-glass"] };
    const first = await buildWith({ "manifest.json": JSON.stringify({ manifest: release }) });
    expect(first.manifest).toMatchObject({ ...release, lifecycle: "active", emergencyFlags: [] });
    const second = await buildWith({ "manifest.json": JSON.stringify({ manifest: stated }) });
    expect(second.manifest).toMatchObject(stated);
    expect(second.changed).toEqual([second.manifestPath]);
    expect((await build()).changed).toEqual([]);
  });

  it("when there are a changelog and cases gives the very tar that it gives without them", async () => {
    const first = await buildWith({});
    const second = await buildWith({ "CHANGELOG.md": "# Changelog\n", "cases/one.json": '{"cases": []}' });
    expect(second.changed).toEqual([]);
    expect(second.digest).toBe(first.digest);
  });

  it("when a test alone changes leaves module and OPA bundle as they are", async () => {
    const first = await buildWith({});
    const text = `${sourceFiles()["opa/a/a_test.rego"] ?? ""}\ntest_more if true\n`;
    const second = await buildWith({ "opa/a/a_test.rego": text });
    expect(second.manifest.artifacts[1]).toEqual(first.manifest.artifacts[1]);
    const wasm = (result: BuildResult): unknown => result.manifest.files.find(({ path }) => path === "opa/policy.wasm");
    expect(wasm(second)).toEqual(wasm(first));
    expect(second.manifest.entrypoints).toEqual(first.manifest.entrypoints);
  });

  it("when it works tells each step once, in order, with its time", async () => {
    writeFiles(sourceDir, sourceFiles());
    const told: string[] = [];
    const { timings } = await build({ onProgress: ({ step }) => told.push(step) });
    expect(told).toEqual(["read", "check", "test", "compile", "parity", "encode", "write"]);
    expect(timings.map(({ step }) => step)).toEqual(told);
    expect(timings.every(({ ms }) => ms >= 0)).toBe(true);
  });

  it.each([
    ["does not parse", { "opa/a/a.rego": "package a\nallow if {" }, "SOURCE_INVALID", "rego_parse_error"],
    ["fails strict checks", { "opa/a/a.rego": "package a\nimport data.b\nx := 1" }, "SOURCE_INVALID", "unused"],
    ["marks no entrypoint", { "opa/a/a.rego": "package a\nx := 1" }, "SOURCE_INVALID", "entrypoint"],
    ["has no policy", { "opa/a/a.rego": undefined }, "SOURCE_INVALID", ".rego"],
    [
      "fails a test",
      { "opa/a/b_test.rego": "package b_test\ntest_it if 1 == 2" },
      "SOURCE_TESTS_FAILED",
      "test_it: FAIL",
    ],
    ["skips a test", { "opa/a/b_test.rego": "package b_test\ntodo_test_it if true" }, "SOURCE_TESTS_FAILED", "SKIPPED"],
    ["has data in a package", { "data/a/data.json": '{"allow": true}' }, "SOURCE_INVALID", "data/ holds"],
    ["has data above a package", { "data/data.json": '{"a": 1}' }, "SOURCE_INVALID", "data/ holds"],
    ["has data in a tests' package", { "data/a_test/data.json": "{}" }, "SOURCE_INVALID", "data/ holds"],
    ["has data twice", { "data/data.json": '{"config": {"limit": 4}}' }, "SOURCE_INVALID", "limit"],
    ["has a duplicate key", { "data/x/data.json": '{"x": 1, "x": 2}' }, "SOURCE_INVALID", "data/x/data.json"],
    ["has cases that are none", { "cases/one.json": "[]" }, "BASELINE_INVALID", "cases/one.json"],
    [
      "calls what no module can",
      { "opa/a/b.rego": 'package a\n\nmodule := rego.parse_module("a.rego", input.text)\n' },
      "SOURCE_INVALID",
      "opa/a/b.rego:3",
    ],
    ["has U+0000 in its data", { "data/x/data.json": '{"a": "x\\\\\\u0000y"}' }, "SOURCE_INVALID", "data/x/data.json"],
    ["has a bad manifest", { "manifest.json": "{}" }, "MANIFEST_INVALID", "manifest"],
  ])("when the source %s throws, keeps OPA's words and leaves the old pack whole", async (_, changes, code, words) => {
    await buildWith({});
    // The tests of the policy that is replaced would be refused first.
    if ("opa/a/a.rego" in changes) writeFileSync(join(sourceDir, "opa/a/a_test.rego"), "package a_test\n");
    for (const [path, text] of Object.entries<string | undefined>(changes)) {
      if (text === undefined) rmSync(join(sourceDir, path));
      else writeFiles(sourceDir, { [path]: text });
    }
    const before = snapshot();
    await expect(build()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(snapshot()).toEqual(before);
  });

  it("when an input does not fit its schema throws SOURCE_INVALID", async () => {
    const annotation = "# METADATA\n# schemas:\n#   - input: schema.a.input\n";
    const policy = `package a\n${annotation}# entrypoint: true\nallow if input.nope == 1\n`;
    const schema = '{"type": "object", "properties": {"x": {"type": "number"}}, "additionalProperties": false}';
    const changes = { "opa/a/a.rego": policy, "opa/a/a_test.rego": undefined, "opa/schemas/a/input.json": schema };
    await expect(buildWith(changes)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    expect(existsSync(outDir)).toBe(false);
  });

  it("when schemas are there never takes them for data", async () => {
    const { tarPath } = await buildWith({ "opa/schemas/a/input.json": '{"type": "object"}' });
    const contents = readPackUnsafe(readFileSync(tarPath));
    expect(contents.data).toEqual({ config: { limit: 3 } });
    expect(contents.files.has("opa/schemas/a/input.json")).toBe(true);
  });

  it("when a test asks for the network throws SOURCE_TESTS_FAILED and asks nobody", async () => {
    const server = await startHttpServer((_request, response) => response.end("{}"));
    try {
      const text = `package n_test\ntest_net if http.send({"method": "get", "url": "${server.url}"}).status_code == 200\n`;
      await expect(buildWith({ "opa/a/n_test.rego": text })).rejects.toMatchObject({ code: "SOURCE_TESTS_FAILED" });
      expect(server.requests).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it("when aborted throws the signal's reason and writes nothing", async () => {
    writeFiles(sourceDir, sourceFiles());
    const before = snapshot();
    for (const step of ["read", "check", "test", "compile", "encode"]) {
      const controller = new AbortController();
      const onProgress: BuildOptions["onProgress"] = (time) => {
        if (time.step === step) controller.abort(new Error(step));
      };
      await expect(build({ onProgress, signal: controller.signal })).rejects.toThrow(step);
      expect(snapshot()).toEqual(before);
    }
  });

  it("when the folder's path gives no packId throws CONFIG_INVALID, and takes one that is named", async () => {
    sourceDir = join(temp.path, "contracts");
    writeFiles(sourceDir, sourceFiles());
    await expect(build()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect((await build({ packId: "named-v3" })).packId).toBe("named-v3");
    await expect(build({ packId: "Bad" })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });

  it("when the output would lie in the source throws CONFIG_INVALID", async () => {
    writeFiles(sourceDir, sourceFiles());
    await expect(build({ outDir: join(sourceDir, "dist") })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(build({ tarPath: join(sourceDir, "p.tar") })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const tarPath = join(outDir, "test-pack-v0.bundle.tar.gz");
    await expect(build({ tarPath })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("when the opa that is named is none throws TOOL_MISSING", async () => {
    writeFiles(sourceDir, sourceFiles());
    await expect(build({ opa: "/nowhere/opa" })).rejects.toMatchObject({ code: "TOOL_MISSING" });
  });
});
