import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { digestOf, encodeManifest } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import {
  checkRecordedVersions,
  differencesOf,
  readRecordedManifest,
  rebuildPack,
} from "../../src/attestations/rebuild.ts";
import type { RebuildOptions } from "../../src/attestations/rebuild.ts";
import { sourceDigest } from "../../src/attestations/source-digest.ts";
import { readProgramDigest, readToolDigest } from "../../src/attestations/tool-digest.ts";
import { buildPack } from "../../src/build.ts";
import { OPA_VERSION } from "../../src/opa-tool.ts";
import { TOOLKIT_VERSION } from "../../src/toolkit.ts";
import { sourceFiles, writeFiles } from "../sources.ts";

const DIGEST = digestOf(Buffer.from("a"));
const OTHER = digestOf(Buffer.from("b"));
const FAILING = { "opa/a/b_test.rego": "package b_test\n\ntest_bad if 1 == 2\n\ntodo_test_later if true\n" };

let temp: TempDir;
let sourceDir: string;
let opa: string;
beforeAll(async () => {
  opa = await findTestOpa();
});
beforeEach(async () => {
  temp = await createTempDir();
  sourceDir = join(temp.path, "test-pack/v0");
  mkdirSync(sourceDir, { recursive: true });
});
afterEach(() => temp.remove());

const rebuild = (options: Partial<RebuildOptions> = {}) => {
  let second = 0;
  return rebuildPack({
    sourceDir,
    opa: { path: opa, version: OPA_VERSION },
    toolkit: { version: TOOLKIT_VERSION, digest: DIGEST },
    env: {},
    now: () => new Date(1_000 * second++),
    ...options,
  });
};

describe("rebuildPack", () => {
  it("when the source is built again gives the built pack's bytes and tells what went in, writing nothing", async () => {
    writeFiles(sourceDir, sourceFiles());
    const { digest } = await buildPack({ sourceDir, outDir: join(temp.path, "dist"), opa });
    const before = readdirSync(sourceDir, { recursive: true });
    const { facts, files, pack } = await rebuild();
    expect(pack.digest).toBe(digest);
    expect(pack.tests).toMatchObject({ passedTests: ["data.a_test.test_allow", "data.a_test.test_reasons"] });
    expect(facts).toEqual({
      packId: "test-pack-v0",
      release: expect.objectContaining({ revision: 1, previousDigest: null }) as unknown,
      materials: {
        source: sourceDigest(files),
        git: undefined,
        opa: { version: OPA_VERSION, digest: await readToolDigest(opa) },
        toolkit: { version: TOOLKIT_VERSION, digest: DIGEST },
      },
      startedOn: new Date(0),
      finishedOn: new Date(1_000),
    });
    expect(readdirSync(sourceDir, { recursive: true })).toEqual(before);
  });

  it("when a test fails throws SOURCE_TESTS_FAILED", async () => {
    writeFiles(sourceDir, sourceFiles(FAILING));
    await expect(rebuild()).rejects.toThrow(expect.objectContaining({ code: "SOURCE_TESTS_FAILED" }));
  });

  it("when failing tests are to be reported gives the pack and names them", async () => {
    writeFiles(sourceDir, sourceFiles(FAILING));
    const { pack } = await rebuild({ failingTests: "report" });
    expect(pack.tests).toMatchObject({
      skippedTests: ["data.b_test.todo_test_later"],
      failedTests: ["data.b_test.test_bad"],
    });
    expect(pack.coverage).toBe(0);
  });
});

describe("readRecordedManifest", () => {
  it("when the source was built returns what the build recorded", async () => {
    writeFiles(sourceDir, sourceFiles());
    const { manifest } = await buildPack({ sourceDir, outDir: join(temp.path, "dist"), opa });
    expect(await readRecordedManifest(sourceDir)).toEqual(manifest);
    expect(Buffer.from(encodeManifest(manifest)).toString()).toContain('"toolkit"');
  });

  it("when it never was throws SOURCE_INVALID or MANIFEST_INVALID", async () => {
    await expect(readRecordedManifest(sourceDir)).rejects.toThrow(expect.objectContaining({ code: "SOURCE_INVALID" }));
    writeFileSync(join(sourceDir, "manifest.json"), '{"manifest": {"revision": 1, "previousDigest": null}}');
    await expect(readRecordedManifest(sourceDir)).rejects.toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID" }),
    );
  });
});

describe("checkRecordedVersions", () => {
  const opaOf = (version: string) => ({ version, capabilitiesDigest: DIGEST });
  const toolkit = { version: TOOLKIT_VERSION };

  it("when both are ours says nothing", () => {
    expect(() => {
      checkRecordedVersions({ opa: opaOf(OPA_VERSION), toolkit });
    }).not.toThrow();
  });

  it.each([
    ["OPA", { opa: opaOf("1.0.0"), toolkit }],
    ["the toolkit", { opa: opaOf(OPA_VERSION), toolkit: { version: "9.9.9" } }],
    ["an unrecorded toolkit", { opa: opaOf(OPA_VERSION) }],
  ])("when %s is another throws TOOL_MISSING", (_what, recorded) => {
    expect(() => {
      checkRecordedVersions(recorded);
    }).toThrow(expect.objectContaining({ name: "ConfigError", code: "TOOL_MISSING" }));
  });
});

describe("differencesOf", () => {
  it("when files differ, are missing or are new names each, sorted", () => {
    const file = (path: string, digest = DIGEST) => ({ path, digest, size: 1 });
    expect(
      differencesOf([file("same"), file("z"), file("gone")], [file("z", OTHER), file("same"), file("new")]),
    ).toEqual([
      { path: "gone", expected: DIGEST, rebuilt: undefined },
      { path: "new", expected: undefined, rebuilt: DIGEST },
      { path: "z", expected: DIGEST, rebuilt: OTHER },
    ]);
  });
});

describe("readProgramDigest", () => {
  it("when a program file changes returns another digest, and the same when another file does", async () => {
    const folder = join(temp.path, "dist");
    writeFiles(folder, { "a.js": "1", "b/c.js": "2", "a.d.ts": "x" });
    const digest = await readProgramDigest({ cli: folder });
    expect(digest).toBe(
      sourceDigest([
        { path: "cli/a.js", bytes: Buffer.from("1") },
        { path: "cli/b/c.js", bytes: Buffer.from("2") },
      ]),
    );
    writeFiles(folder, { "a.d.ts": "y" });
    expect(await readProgramDigest({ cli: folder })).toBe(digest);
    writeFiles(folder, { "b/c.js": "3" });
    expect(await readProgramDigest({ cli: folder })).not.toBe(digest);
  });

  it("when there is none throws TOOL_FAILED", async () => {
    for (const folder of [temp.path, join(temp.path, "none")]) {
      await expect(readProgramDigest({ cli: folder })).rejects.toThrow(
        expect.objectContaining({ code: "TOOL_FAILED" }),
      );
    }
    await expect(readToolDigest(join(temp.path, "none"))).rejects.toThrow(
      expect.objectContaining({ code: "TOOL_FAILED" }),
    );
  });
});
