import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "@policy-pack/pack";
import { createCheckout, PACK } from "./checkout.ts";
import type { Checkout } from "./checkout.ts";

const NEW = { "README.md": "# Another\n" };
const SCHEMA = "opa/schemas/a/input.json";

let original: Checkout;
let pack: Checkout;
beforeAll(async () => {
  original = await createCheckout();
  original.commit();
});
afterAll(() => original.remove());
beforeEach(async () => {
  pack = await original.copy();
});
afterEach(() => pack.remove());

/** Its policy with one entrypoint less. */
function withoutReasons(): string {
  const text = readFileSync(join(pack.path, PACK, "opa/a/a.rego"), "utf8");
  return text.slice(0, text.lastIndexOf("# METADATA"));
}

const release = (...args: string[]): ReturnType<Checkout["run"]> =>
  pack.run("release", PACK, "--message", "x", ...args);

describe("contract check", () => {
  it("when nothing changed answers what was compared, and writes nothing", async () => {
    const before = pack.git("status", "--porcelain", "--ignored");
    const { status, json } = await pack.check("--base", "main");
    expect(status).toBe(0);
    expect(json).toMatchObject({
      ok: true,
      packId: "test-pack-v0",
      contractVersion: "v0",
      revision: 1,
      lifecycle: "draft",
      base: { kind: "git", name: "main", commit: pack.git("rev-parse", "HEAD"), contract: { revision: 1 } },
      bundles: [],
      findings: [],
    });
    expect(pack.git("status", "--porcelain", "--ignored")).toBe(before);
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ["a document", NEW, ["CONTRACT_UNRELEASED", "MANIFEST_OUTDATED"]],
    ["the data", { "data/config/data.json": '{"limit": 3, "x": 1}' }, ["CONTRACT_UNRELEASED", "MANIFEST_OUTDATED"]],
    [
      "a field",
      { [SCHEMA]: '{"type": "object", "properties": {"x": {"type": "number"}}}' },
      ["CONTRACT_UNRELEASED", "CONTRACT_NARROWED", "MANIFEST_OUTDATED"],
    ],
    ["a changelog", { "CHANGELOG.md": "# X\n", "cases/a.json": "[]" }, []],
  ])("when %s changed without a build finds it", async (_what, files, codes) => {
    pack.write(files);
    const answer = await pack.check("--base", "main");
    expect(answer.codes).toEqual(codes);
    expect([answer.status, answer.code]).toEqual(codes.length === 0 ? [0, undefined] : [2, codes[0]]);
  });

  it("when it was built without a release finds the change alone, and names the file and the command", async () => {
    pack.write(NEW);
    await pack.run("build", PACK);
    const { codes, json } = await pack.check("--base", "main");
    expect(codes).toEqual(["CONTRACT_UNRELEASED"]);
    const [{ what, mend }] = json["findings"] as [{ what: string; mend: string }];
    expect(what).toContain('"README.md"');
    expect(mend).toContain(`policy-pack release ${PACK} --base main`);
  });

  it("when it was released, committed or not, finds nothing", async () => {
    const first = pack.git("rev-parse", "HEAD");
    pack.write(NEW);
    expect(await release()).toMatchObject({ status: 0, json: { revision: 2 } });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, codes: [] });
    pack.commit();
    expect(await pack.check("--base", first)).toMatchObject({ status: 0, codes: [], json: { revision: 2 } });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, codes: [] });
  });

  it("when a review changes a released revision that is on no base finds nothing once it is built", async () => {
    pack.git("checkout", "--quiet", "-b", "change");
    pack.write(NEW);
    await release();
    pack.commit();
    pack.write({ "README.md": "# Better\n" });
    await pack.run("build", PACK);
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, codes: [] });
  });

  it("when it was released twice since the base finds the skipped revision", async () => {
    const first = pack.git("rev-parse", "HEAD");
    pack.write(NEW);
    await release();
    pack.commit();
    pack.write({ "README.md": "# A third\n" });
    await release();
    expect(await pack.check("--base", first)).toMatchObject({ status: 2, codes: ["CHAIN_BROKEN"] });
  });

  it.each<[string, RegExp | string, string, readonly string[]]>([
    ["the digest", /"value": "\w{8}/, '"value": "00000000', ["MANIFEST_OUTDATED"]],
    ["the policy digest", /"policyDigest": "sha256:\w{8}/, '"policyDigest": "sha256:00000000', ["MANIFEST_OUTDATED"]],
    ["a missing policy digest", /\s+"policyDigest": "[^"]*",/, "", ["MANIFEST_OUTDATED"]],
    ["a missing lifecycle", /\s+"lifecycle": "[^"]*",/, "", ["CONTRACT_UNRELEASED", "MANIFEST_OUTDATED"]],
    ["the lifecycle", '"draft"', '"retired"', ["CONTRACT_UNRELEASED"]],
    ["the emergency flags", '"emergencyFlags": []', '"emergencyFlags": ["x"]', ["CONTRACT_UNRELEASED"]],
    ["the revision", '"revision": 1', '"revision": 2', ["CHAIN_BROKEN", "MANIFEST_OUTDATED"]],
    ["the revision, by far", '"revision": 1', '"revision": 9', ["CHAIN_BROKEN", "MANIFEST_OUTDATED"]],
    [
      "the previous digest",
      '"previousDigest": null',
      `"previousDigest": "sha256:${"0".repeat(64)}"`,
      ["CHAIN_BROKEN", "CONTRACT_UNRELEASED", "MANIFEST_OUTDATED"],
    ],
    ["the toolkit", /"toolkit": \{\s+"version": "[^"]*"/, '"toolkit": { "version": "9.9.9"', []],
  ])("when %s was edited in the manifest finds it", async (_what, from, to, codes) => {
    pack.editManifest(from, to);
    expect((await pack.check("--base", "main")).codes).toEqual(codes);
  });

  it("when the chain was edited after a release finds it, also without a base where its form tells", async () => {
    pack.write(NEW);
    await release();
    pack.editManifest(/"previousDigest": "sha256:\w{8}/, '"previousDigest": "sha256:00000000');
    await pack.run("build", PACK);
    expect((await pack.check("--base", "main")).codes).toEqual(["CHAIN_BROKEN"]);
    pack.editManifest(/"previousDigest": "[^"]*"/, '"previousDigest": null');
    await pack.run("build", PACK);
    expect((await pack.check()).codes).toEqual(["CHAIN_BROKEN"]);
  });

  it("when the lifecycle goes back in a release of its own finds it", async () => {
    await release("--lifecycle", "active");
    pack.commit();
    pack.write(NEW);
    await release();
    pack.editManifest('"active"', '"draft"');
    expect((await pack.check("--base", "main")).codes).toEqual(["LIFECYCLE_INVALID"]);
  });

  it("when an entrypoint went with its release finds it", async () => {
    pack.write({ "opa/a/a.rego": withoutReasons() });
    expect(await release()).toMatchObject({ status: 2, code: "CONTRACT_NARROWED" });
    const { digest } = parseManifest(readFileSync(join(original.path, PACK, "manifest.json")));
    pack.editManifest('"revision": 1', '"revision": 2');
    pack.editManifest('"previousDigest": null', `"previousDigest": "sha256:${digest.value}"`);
    await pack.run("build", PACK);
    expect((await pack.check("--base", "main")).codes).toEqual(["CONTRACT_NARROWED"]);
  });

  it("when there is no manifest, or one that was never built, finds that", async () => {
    rmSync(join(pack.path, PACK, "manifest.json"));
    expect((await pack.check()).codes).toEqual(["MANIFEST_OUTDATED"]);
    pack.write({ "manifest.json": '{"manifest": {"revision": 1, "previousDigest": null}}' });
    expect((await pack.check()).codes).toEqual(["MANIFEST_OUTDATED"]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["malformed", { "manifest.json": '{"manifest": {' }, "MANIFEST_INVALID"],
    ["another pack's", { "manifest.json": "" }, "SOURCE_INVALID"],
  ])("when the manifest is %s fails with %s", async (what, files, code) => {
    if (what === "malformed") pack.write(files);
    else
      pack.editManifest(
        /"packId": "test-pack-v0",\s+"contractVersion": "v0"/,
        '"packId": "other-v0", "contractVersion": "v0"',
      );
    expect(await pack.check("--base", "main")).toMatchObject({ status: code === "SOURCE_INVALID" ? 2 : 3, code });
  });

  it("when the pack's own tests fail fails with SOURCE_TESTS_FAILED", async () => {
    pack.write({ "opa/a/b_test.rego": "package b_test\ntest_it if 1 == 2" });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 2, code: "SOURCE_TESTS_FAILED" });
  });

  it("when a field left the schema on the base without a build finds it all the same", async () => {
    pack.write({ [SCHEMA]: '{"type": "object", "properties": {"x": {"type": "number"}}}' });
    pack.commit();
    await pack.run("build", PACK);
    expect((await pack.check("--base", "main")).codes).toEqual(["CONTRACT_UNRELEASED", "CONTRACT_NARROWED"]);
  });

  it("when a link took the pack's place refuses it, since the base never had what it leads to", async () => {
    renameSync(join(pack.path, PACK), join(pack.path, "elsewhere"));
    symlinkSync("../../elsewhere", join(pack.path, PACK));
    for (const args of [["--base", "main"], []])
      expect(await pack.check(...args)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await release("--base", "main")).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
  });

  it("when the pack is in no base must be a first revision", async () => {
    mkdirSync(join(pack.path, "contracts/test-pack/v1"), { recursive: true });
    cpSync(join(pack.path, PACK), join(pack.path, "contracts/test-pack/v1"), { recursive: true });
    rmSync(join(pack.path, "contracts/test-pack/v1/manifest.json"));
    await pack.run("build", "contracts/test-pack/v1");
    const next = ["contract", "check", "contracts/test-pack/v1", "--base"];
    expect(await pack.run(...next, "main")).toMatchObject({ status: 0, json: { base: { contract: null } } });
    // The contract version before it, where less may be taken.
    writeFileSync(join(pack.path, "contracts/test-pack/v1", SCHEMA), "{}");
    await pack.run("build", "contracts/test-pack/v1");
    expect(await pack.run(...next, `./${PACK}`)).toMatchObject({ status: 0, codes: [] });
    expect(await pack.check("--base", "./contracts/test-pack/v1")).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    const file = join(pack.path, "contracts/test-pack/v1/manifest.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"revision": 1', '"revision": 2'));
    expect((await pack.run(...next, "main")).codes[0]).toBe("CHAIN_BROKEN");
  });

  it.each([
    ["bundles without a base", ["--bundle", "x"]],
    ["an unverified base without one", ["--unsafe-unverified"]],
    ["an empty base", ["--base", ""]],
    ["two bases", ["--base", "main", "--base", "main"]],
    ["a packId that is none", ["--base", "main", "--pack-id", "Not-An-Id"]],
  ])("when given %s fails with CONFIG_INVALID", async (_what, args) => {
    expect(await pack.check(...args)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
  });

  it("says all findings to people too, on stderr", async () => {
    expect(existsSync(join(pack.path, PACK))).toBe(true);
    pack.write(NEW);
    const { json } = await pack.check("--base", "main");
    expect(json).toMatchObject({ ok: false, error: { message: expect.stringContaining("and 1 more") } });
  });
});
