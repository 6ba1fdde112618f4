import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestOf, parseManifest, readInputSchemas, readPackUnsafe, toContract } from "@policy-pack/pack";
import type { PackContract, PackManifest } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { buildPack } from "../../src/build.ts";
import { releasePack } from "../../src/release/release.ts";
import type { ReleaseOptions, ReleaseResult } from "../../src/release/release.ts";
import { readSource } from "../../src/source.ts";
import { sourceFiles, writeFiles } from "../sources.ts";

const MODULE = new URL("../../dist/index.js", import.meta.url).href;
const CHILD = fileURLToPath(new URL("../children/release.mjs", import.meta.url));
const SCHEMA = { "opa/schemas/a/input.json": '{"type": "object", "properties": {"x": {"type": "number"}}}' };
const CHANGE = { "README.md": "# Another\n" };
const date = new Date("2026-03-04T05:06:07Z");

let opa = "";
let built: TempDir;
let temp: TempDir;
let sourceDir = "";
let base: PackContract;

/** Revision 1 is built once and copied for each test. */
beforeAll(async () => {
  opa = await findTestOpa();
  built = await createTempDir();
  writeFiles(join(built.path, "test-pack", "v0"), { ...sourceFiles(), ...SCHEMA });
  await buildPack({ sourceDir: join(built.path, "test-pack", "v0"), outDir: join(built.path, "out"), opa });
});
afterAll(() => built.remove());
beforeEach(async () => {
  temp = await createTempDir();
  cpSync(built.path, temp.path, { recursive: true });
  sourceDir = join(temp.path, "test-pack", "v0");
  base = toContract(manifest(), { inputs: readInputSchemas(await readSource(sourceDir)), isPublished: false });
});
afterEach(() => temp.remove());

function manifest(): PackManifest {
  return parseManifest(readFileSync(join(sourceDir, "manifest.json")));
}

function optionsOf(options: Partial<ReleaseOptions> = {}): ReleaseOptions {
  return { sourceDir, outDir: join(temp.path, "out"), opa, base, message: "Say more.", date, ...options };
}

function release(options: Partial<ReleaseOptions> = {}): Promise<ReleaseResult> {
  return releasePack(optionsOf(options));
}

/** Every file below the temp folder with its bytes' digest. */
function snapshot(): Record<string, string> {
  const paths = readdirSync(temp.path, { recursive: true, encoding: "utf8" }).sort();
  const files = paths.filter((path) => statSync(join(temp.path, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, digestOf(readFileSync(join(temp.path, path)))]));
}

const read = (path: string): string => readFileSync(join(sourceDir, path), "utf8");

describe("releasePack", () => {
  it("when the source changed makes the next revision: chain, changelog, artifacts and manifest", async () => {
    writeFiles(sourceDir, CHANGE);
    const result = await release();
    const tar = readFileSync(join(temp.path, "out", "test-pack-v0.tar"));
    expect(result).toMatchObject({ packId: "test-pack-v0", revision: 2, previousDigest: base.digest });
    expect(manifest()).toEqual(result.manifest);
    expect(manifest()).toMatchObject({ revision: 2, previousDigest: base.digest, lifecycle: "draft" });
    expect(digestOf(tar)).toBe(result.digest);
    expect(readPackUnsafe(tar).revision).toBe("2");
    expect(read("CHANGELOG.md")).toMatch(/^# Changelog of test-pack-v0\n\n## Revision 2, 2026-03-04\n\nSay more.\n/);
    expect(read("CHANGELOG.md")).toContain(base.digest);
    expect(result.changed).toHaveLength(4);
    expect(result.changed.at(-1)).toBe(join(sourceDir, "manifest.json"));
    expect((await buildPack(optionsOf())).changed).toEqual([]);
  });

  it("when the same is released elsewhere gives the same bytes", async () => {
    writeFiles(sourceDir, CHANGE);
    const { digest } = await release();
    cpSync(join(built.path, "test-pack"), join(temp.path, "more", "test-pack"), { recursive: true });
    const elsewhere = join(temp.path, "more", "test-pack", "v0");
    writeFiles(elsewhere, CHANGE);
    expect((await release({ sourceDir: elsewhere, outDir: join(temp.path, "out2") })).digest).toBe(digest);
  });

  it("when builds since the released revision changed manifest.json follows the released one all the same", async () => {
    writeFiles(sourceDir, CHANGE);
    const { digest } = await buildPack(optionsOf());
    expect(digest).not.toBe(base.digest);
    expect(await release()).toMatchObject({ revision: 2, previousDigest: base.digest });
  });

  it("when released again after a change follows itself, and the changelog has both", async () => {
    writeFiles(sourceDir, CHANGE);
    const { digest, manifest: second } = await release();
    writeFiles(sourceDir, { "README.md": "# A third\n" });
    const next = toContract(second, { inputs: undefined, isPublished: true });
    expect(await release({ base: next, message: "A third." })).toMatchObject({ revision: 3, previousDigest: digest });
    expect(read("CHANGELOG.md").match(/^## Revision \d+/gm)).toEqual(["## Revision 3", "## Revision 2"]);
  });

  it("when only the lifecycle or the flags change is a release too", async () => {
    const emergencyFlags = ["freeze", "break-glass", "freeze"];
    const { manifest: second } = await release({ lifecycle: "active", emergencyFlags });
    expect(second).toMatchObject({ revision: 2, lifecycle: "active", emergencyFlags: ["break-glass", "freeze"] });
    expect(read("CHANGELOG.md")).toContain("lifecycle active, after draft");
    const next = toContract(second, { inputs: undefined, isPublished: false });
    const { manifest: third } = await release({ base: next, emergencyFlags: [] });
    expect(third).toMatchObject({ revision: 3, lifecycle: "active", emergencyFlags: [] });
  });

  it("when other files are changed or new leaves them alone", async () => {
    writeFiles(temp.path, { "notes.txt": "mine", "test-pack/v1/half.txt": "x" });
    writeFiles(sourceDir, {
      ...CHANGE,
      "cases/new.json": '{"cases": []}',
      "CHANGELOG.md": "# Ours\n\nNot committed yet.\n",
    });
    const before = snapshot();
    const { changed } = await release();
    const after = snapshot();
    const touched = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(touched.map((path) => join(temp.path, path)).sort()).toEqual([...changed].sort());
    expect(read("CHANGELOG.md")).toMatch(/^# Ours\n\nNot committed yet.\n\n## Revision 2/);
  });

  it.each<[string, Record<string, string>, Partial<ReleaseOptions>, string]>([
    ["nothing changed", {}, {}, "CONFIG_INVALID"],
    [
      "nothing but the changelog and cases changed",
      { "CHANGELOG.md": "# X\n", "cases/a.json": '{"cases": []}' },
      {},
      "CONFIG_INVALID",
    ],
    ["the lifecycle is the same", {}, { lifecycle: "draft", emergencyFlags: [] }, "CONFIG_INVALID"],
    ["a test fails", { "opa/a/b_test.rego": "package b_test\ntest_it if 1 == 2" }, {}, "SOURCE_TESTS_FAILED"],
    ["the Rego does not compile", { "opa/a/a.rego": "package a\nallow if {" }, {}, "SOURCE_INVALID"],
    ["an input field is gone", { "opa/schemas/a/input.json": '{"type": "object"}' }, {}, "CONTRACT_NARROWED"],
    ["the message is empty", CHANGE, { message: " \n" }, "CONFIG_INVALID"],
    ["the artifacts would lie in the source", CHANGE, { outDir: "SOURCE" }, "CONFIG_INVALID"],
    ["there is no OPA", CHANGE, { opa: "/nowhere/opa" }, "TOOL_MISSING"],
    ["the changelog is huge", { ...CHANGE, "CHANGELOG.md": "x".repeat(1024 * 1024 + 1) }, {}, "SOURCE_INVALID"],
  ])("when %s throws and writes nothing", async (_what, files, options, code) => {
    writeFiles(sourceDir, files);
    const before = snapshot();
    const outDir = options.outDir === "SOURCE" ? join(sourceDir, "out") : join(temp.path, "out");
    await expect(release({ ...options, outDir })).rejects.toMatchObject({ code });
    expect(snapshot()).toEqual(before);
  });

  it.each<[string, Partial<PackContract> | undefined, string]>([
    ["there is no released revision", undefined, "CONFIG_INVALID"],
    ["the released revision is newer", { revision: 2, previousDigest: digestOf(Buffer.from("x")) }, "CHAIN_BROKEN"],
    ["the released revision has another chain", { previousDigest: digestOf(Buffer.from("x")) }, "CHAIN_BROKEN"],
    ["the released one is another pack", { packId: "other-v0" }, "CONFIG_INVALID"],
    ["the lifecycle would go back", { lifecycle: "active" }, "LIFECYCLE_INVALID"],
    ["an entrypoint is gone", { entrypoints: ["a/allow", "a/more", "a/reasons"] }, "CONTRACT_NARROWED"],
  ])("when %s throws and writes nothing", async (_what, changes, code) => {
    writeFiles(sourceDir, CHANGE);
    const before = snapshot();
    await expect(release({ base: changes === undefined ? undefined : { ...base, ...changes } })).rejects.toMatchObject({
      code,
    });
    expect(snapshot()).toEqual(before);
  });

  it("when run twice makes one revision and one entry", async () => {
    writeFiles(sourceDir, CHANGE);
    await release();
    const before = snapshot();
    await expect(release()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    writeFiles(sourceDir, { "README.md": "# Changed since\n" });
    await expect(release()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    writeFiles(sourceDir, CHANGE);
    expect(snapshot()).toEqual(before);
  });

  it("when the compiler alone changed is a release too", async () => {
    // The same source under another OPA: nothing but the tar tells.
    expect(await release({ base: { ...base, digest: digestOf(Buffer.from("by an older OPA")) } })).toMatchObject({
      revision: 2,
    });
  });

  it("when the manifest or the changelog is a link throws SOURCE_INVALID", async () => {
    writeFiles(sourceDir, CHANGE);
    writeFileSync(join(temp.path, "elsewhere.md"), "# Elsewhere\n");
    symlinkSync(join(temp.path, "elsewhere.md"), join(sourceDir, "CHANGELOG.md"));
    await expect(release()).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    expect(readFileSync(join(temp.path, "elsewhere.md"), "utf8")).toBe("# Elsewhere\n");
    rmSync(join(sourceDir, "CHANGELOG.md"));
    rmSync(join(sourceDir, "manifest.json"));
    symlinkSync(join(built.path, "test-pack/v0/manifest.json"), join(sourceDir, "manifest.json"));
    await expect(release()).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it("when someone else changes the manifest meanwhile throws OUTPUT_FAILED and writes nothing", async () => {
    writeFiles(sourceDir, CHANGE);
    const onProgress = ({ step }: { readonly step: string }): void => {
      if (step === "encode") writeFileSync(join(sourceDir, "manifest.json"), "{}");
    };
    await expect(release({ onProgress })).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    expect([read("manifest.json"), existsSync(join(sourceDir, "CHANGELOG.md"))]).toEqual(["{}", false]);
  });

  it("when killed before any act on the disk can be made again, and is whole then", async () => {
    writeFiles(sourceDir, CHANGE);
    const run = (at: string): { signal: string | null; stdout: string } => {
      const options = JSON.stringify({ ...optionsOf(), base: { ...base, inputs: undefined } });
      const env = { ...process.env, TMPDIR: temp.path };
      return spawnSync(process.execPath, [CHILD, MODULE, options, at], { encoding: "utf8", env });
    };
    const kept = join(temp.path, "kept");
    cpSync(sourceDir, kept, { recursive: true });
    const acts = JSON.parse(run("never").stdout) as string[];
    const whole = manifest();
    const renames = acts.flatMap((act, index) => (act === "rename" ? [`${index}`, `${index + 1}`] : []));
    expect(renames).toHaveLength(8);
    for (const at of new Set(renames)) {
      rmSync(sourceDir, { recursive: true });
      rmSync(join(temp.path, "out"), { recursive: true });
      cpSync(kept, sourceDir, { recursive: true });
      expect(run(at).signal).toBe("SIGKILL");
      const left = manifest();
      if (left.revision === 2) continue;
      expect(left.digest.value).toBe(base.digest.slice(7));
      expect((await release()).manifest).toEqual(whole);
      expect(read("CHANGELOG.md").match(/^## Revision/gm)).toHaveLength(1);
      expect(readdirSync(sourceDir).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    }
  });
});
