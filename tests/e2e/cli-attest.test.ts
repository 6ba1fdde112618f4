import { existsSync } from "node:fs";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { findOpa, rebuildPack, sourceDigest, TOOLKIT_VERSION } from "@policy-pack/build";
import { digestOf } from "@policy-pack/pack";
import { findTestOpa } from "@policy-pack/testkit";
import { codeOf } from "./cli-checkout.ts";
import type { Cli } from "./cli-run.ts";
import { createSmallPack, OPA_BUNDLE, SOURCE, TAR, toStatement } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

let pack: SmallPack;
let cli: Cli;
let digest: string;
let at: SmallPack["at"];
let statementAt: SmallPack["statementAt"];

beforeAll(async () => {
  pack = await createSmallPack();
  ({ cli, digest, at, statementAt } = pack);
});
beforeEach(() => pack.emptyOut());
afterAll(() => pack.remove());

const attest = (type: string, ...more: string[]) =>
  cli.json(["attest", TAR, "--type", type, "--bundle", "out/bundle.sigstore.json", ...more]);

describe("policy-pack attest", () => {
  it.each([
    ["slsaprovenance1", "https://slsa.dev/provenance/v1"],
    ["test-result", "https://in-toto.io/attestation/test-result/v0.1"],
    ["release", "https://in-toto.io/attestation/release/v0.1"],
    ["cyclonedx", "https://cyclonedx.org/bom"],
  ])("signs %s about the pack, and writes it where it says", async (type, predicateType) => {
    const { status, answer } = await cli.json(["attest", TAR, "--type", type]);
    const path = `${TAR}.${type}.sigstore.json`;
    expect([status, answer]).toMatchObject([0, { bundle: at(path), predicateType }]);
    const { _type, subject, predicateType: said } = await statementAt(path);
    expect([_type, said]).toEqual(["https://in-toto.io/Statement/v1", predicateType]);
    expect(subject[0]).toEqual({ name: "access-v1.tar", digest: { sha256: digest.slice(7) } });
  });

  it("states a local build with the digest of each material, and no builder but a local one", async () => {
    expect((await attest("slsaprovenance1")).status).toBe(0);
    const { predicate } = await statementAt("out/bundle.sigstore.json");
    expect(predicate).toMatchObject({
      buildDefinition: {
        buildType: "urn:policy-pack:build:local:v1",
        externalParameters: { packId: "access-v1", revision: 1, previousDigest: null },
        resolvedDependencies: [
          { name: "source", digest: { sha256: expect.any(String) } },
          { name: "opa", digest: { sha256: digestOf(await readFile(await findTestOpa())).slice(7) } },
          { name: "policy-pack", digest: { sha256: expect.any(String) } },
        ],
      },
      runDetails: { builder: { id: "urn:policy-pack:builder:local:v1" } },
    });
  });

  it("states which tests passed, on which source, and for which pack", async () => {
    expect((await attest("test-result")).status).toBe(0);
    const { subject, predicate } = await statementAt("out/bundle.sigstore.json");
    expect(predicate).toMatchObject({ result: "PASSED", failedTests: [], warnedTests: [], coverage: { percent: 100 } });
    expect((predicate["passedTests"] as string[]).length).toBeGreaterThan(0);
    expect(subject.map(({ name }) => name)).toEqual(["access-v1.tar", "access-v1 source"]);
    const names = ["README.md", "opa", "data", "signing"].filter((name) => existsSync(at(join(SOURCE, name))));
    const paths = await Promise.all(
      names.map(async (name) =>
        name === "README.md"
          ? [name]
          : (await readdir(at(join(SOURCE, name)), { recursive: true, withFileTypes: true }))
              .filter((entry) => entry.isFile())
              .map((entry) => join(entry.parentPath, entry.name).slice(at(SOURCE).length + 1)),
      ),
    );
    const files = await Promise.all(
      paths.flat().map(async (path) => ({ path, bytes: await readFile(at(join(SOURCE, path))) })),
    );
    expect(subject[1]?.digest.sha256).toBe(sourceDigest(files).slice(7));
  });

  it("states a release of both artifacts", async () => {
    expect((await attest("release")).status).toBe(0);
    const { subject, predicate } = await statementAt("out/bundle.sigstore.json");
    expect(predicate).toEqual({
      purl: "pkg:generic/access-v1@1",
      releaseId: "access-v1",
      packId: "access-v1",
      revision: 1,
      previousDigest: null,
    });
    expect(subject[1]).toEqual({
      name: "access-v1.bundle.tar.gz",
      digest: { sha256: digestOf(await readFile(at(OPA_BUNDLE))).slice(7) },
    });
  });

  it("lists the pack's files, OPA and its own packages, the same each time", async () => {
    expect((await attest("cyclonedx")).status).toBe(0);
    const { predicate } = await statementAt("out/bundle.sigstore.json");
    const names = (predicate["components"] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["opa/.manifest", "opa/policy.wasm", "opa", "cli", "commander"]));
    expect((await attest("cyclonedx")).status).toBe(0);
    expect((await statementAt("out/bundle.sigstore.json")).predicate).toEqual(predicate);
  });

  it("is about several files at once, and appends to JSON lines and folders", async () => {
    const files = [TAR, OPA_BUNDLE];
    const lines = ["--type", "slsaprovenance1", "--bundle", "out/all.jsonl"];
    expect((await cli.run(["attest", ...files, ...lines])).status).toBe(0);
    expect((await cli.run(["attest", TAR, "--type", "release", "--bundle", "out/all.jsonl"])).status).toBe(0);
    const [first = "", second = ""] = (await readFile(at("out/all.jsonl"), "utf8")).split("\n");
    expect(toStatement(first).subject.map(({ name }) => name)).toEqual(["access-v1.tar", "access-v1.bundle.tar.gz"]);
    expect(toStatement(second).predicateType).toBe("https://in-toto.io/attestation/release/v0.1");
    expect((await cli.run(["attest", TAR, "--type", "release", "--bundle-dir", "out/dir"])).status).toBe(0);
    expect(await readdir(at("out/dir"))).toHaveLength(1);
  });

  it("signs any predicate about any file, or about a digest alone", async () => {
    await writeFile(at("out/app"), "app");
    await writeFile(at("out/review.json"), '{"reviewer": "A"}');
    const type = "https://example.test/review/v1";
    const flags = ["--type", type, "--predicate", "out/review.json", "--bundle", "out/bundle.sigstore.json"];
    const app = digestOf(Buffer.from("app"));
    for (const [file, subject] of [
      ["out/app", { name: "app", digest: { sha256: app.slice(7) } }],
      [app, { digest: { sha256: app.slice(7) } }],
    ] as const) {
      expect((await cli.run(["attest", file, ...flags])).status).toBe(0);
      expect(await statementAt("out/bundle.sigstore.json")).toMatchObject({
        predicateType: type,
        predicate: { reviewer: "A" },
        subject: [subject],
      });
    }
  });

  it.each([
    ["there is no type", []],
    ["the type is no URI and no name", ["--type", "provenance"]],
    ["the type needs a predicate", ["--type", "vsa"]],
    ["the predicate is no object", ["--type", "custom", "--predicate", "out/list.json"]],
    ["the bundle would replace the file", ["--type", "release", "--bundle", TAR]],
    [
      "the bundle would replace the predicate",
      ["--type", "custom", "--predicate", "out/list.json", "--bundle", "out/list.json"],
    ],
    ["nothing says where the source is", ["--type", "slsaprovenance1", "--source", "out/none"]],
  ])("exits 2 when %s, and writes nothing", async (_what, flags) => {
    await writeFile(at("out/list.json"), "[]");
    const before = await readFile(at(TAR));
    const { status } = await cli.json(["attest", TAR, ...flags]);
    expect(status).toBe(2);
    expect(await readdir(at("out"))).toEqual(["list.json"]);
    expect(await readFile(at(TAR))).toEqual(before);
  });

  it("exits 4 for a pack that its source does not give, and writes nothing", async () => {
    await cp(at(SOURCE), at("out/access/v1"), { recursive: true });
    await writeFile(at("out/access/v1/README.md"), "# Another\n");
    for (const type of ["slsaprovenance1", "test-result"]) {
      const { status, answer } = await attest(type, "--source", "out/access/v1");
      expect([status, codeOf(answer)]).toEqual([4, "DIGEST_MISMATCH"]);
    }
    await writeFile(at("out/other"), "other");
    for (const type of ["slsaprovenance1", "release"]) {
      const { status, answer } = await cli.json(["attest", TAR, "out/other", "--type", type]);
      expect([status, codeOf(answer)]).toEqual([4, "DIGEST_MISMATCH"]);
    }
    expect((await readdir(at("out"))).sort()).toEqual(["access", "other"]);
  });

  it("states failing tests only when asked to, and then exits 2 all the same", async () => {
    await cp(at(SOURCE), at("out/access/v1"), { recursive: true });
    await writeFile(at("out/access/v1/opa/bad_test.rego"), "package bad_test\n\ntest_bad if 1 == 2\n");
    const opa = await findOpa({ env: { PATH: dirname(await findTestOpa()) } });
    const toolkit = { version: TOOLKIT_VERSION, digest: digestOf(Buffer.from("")) };
    const sourceDir = at("out/access/v1");
    const now = (): Date => new Date(0);
    const { pack } = await rebuildPack({ sourceDir, opa, toolkit, env: {}, now, failingTests: "report" });
    await writeFile(at("out/access-v1.tar"), pack.tar);
    const args = ["attest", "out/access-v1.tar", "--source", "out/access/v1", "--type", "test-result"];
    const bundle = "out/access-v1.tar.test-result.sigstore.json";
    const refused = await cli.json(args);
    expect([refused.status, codeOf(refused.answer), existsSync(at(bundle))]).toEqual([2, "SOURCE_TESTS_FAILED", false]);
    const signed = await cli.json([...args, "--attest-failure"]);
    expect([signed.status, signed.answer]).toMatchObject([2, { bundle: at(bundle) }]);
    expect((await statementAt(bundle)).predicate).toMatchObject({
      result: "FAILED",
      failedTests: ["data.bad_test.test_bad"],
    });
  });

  it("signs a denylist that a verifier takes, about itself, and no other", async () => {
    const inAYear = new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString();
    const list = { version: 1, issuedAt: "2026-01-01T00:00:00Z", expires: inAYear, entries: [] };
    const sign = async (predicate: object) => {
      await writeFile(at("out/list.json"), JSON.stringify(predicate));
      return cli.json(["attest", "--type", "denylist", "--predicate", "out/list.json"]);
    };
    const signed = await sign({ ...list, entries: [{ digest, reason: "test" }] });
    expect(signed.status).toBe(0);
    expect((await statementAt("out/list.json.denylist.sigstore.json")).subject).toEqual([
      { name: "list.json", digest: { sha256: digestOf(await readFile(at("out/list.json"))).slice(7) } },
    ]);
    const malformed = await sign({ ...list, version: 0 });
    expect([malformed.status, codeOf(malformed.answer)]).toEqual([3, "METADATA_INVALID"]);
    const expired = await sign({ ...list, expires: "2026-02-01T00:00:00Z" });
    expect([expired.status, codeOf(expired.answer)]).toEqual([5, "METADATA_EXPIRED"]);
  });
});
