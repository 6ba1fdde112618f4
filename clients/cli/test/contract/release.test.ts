import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { parseManifest } from "@policy-pack/pack";
import { findTestOpa } from "@policy-pack/testkit";
import { runCli } from "../../src/program.ts";
import { createTerminal } from "../support.ts";
import { createCheckout, PACK, TAR } from "./checkout.ts";
import type { Answer, Checkout } from "./checkout.ts";

const NEW = { "README.md": "# Another\n" };

let original: Checkout;
let pack: Checkout;
let first = "";
beforeAll(async () => {
  original = await createCheckout();
  original.commit();
  first = `sha256:${manifestOf(original).digest.value}`;
});
afterAll(() => original.remove());
beforeEach(async () => {
  pack = await original.copy();
});
afterEach(() => pack.remove());

function manifestOf({ path }: Checkout): ReturnType<typeof parseManifest> {
  return parseManifest(readFileSync(join(path, PACK, "manifest.json")));
}

const release = (...args: readonly string[]): Promise<Answer> => pack.run("release", PACK, "--message", "x", ...args);

describe("release", () => {
  it("when the source changed makes revision 2 of what was committed, whatever was built since", async () => {
    pack.write(NEW);
    await pack.run("build", PACK);
    expect(await release()).toMatchObject({
      status: 0,
      json: { packId: "test-pack-v0", revision: 2, previousDigest: first, base: "HEAD", lifecycle: "draft" },
    });
    expect(manifestOf(pack)).toMatchObject({ revision: 2, previousDigest: first });
    expect(existsSync(join(pack.path, TAR))).toBe(true);
  });

  it("when builds were committed since follows the base that is named", async () => {
    pack.git("checkout", "--quiet", "-b", "change");
    pack.write(NEW);
    await pack.run("build", PACK);
    pack.commit();
    expect(await release()).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await release("--base", "main")).toMatchObject({ status: 0, json: { previousDigest: first } });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 0, codes: [] });
  });

  it("when it is made twice, before or after the commit, makes one revision", async () => {
    pack.write(NEW);
    await release();
    const before = pack.git("diff");
    expect(await release()).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(pack.git("diff")).toBe(before);
    pack.commit();
    expect(await release()).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(pack.git("status", "--porcelain")).toBe("");
  });

  it("when there is no repository follows what the manifest states", async () => {
    rmSync(join(pack.path, ".git"), { recursive: true });
    pack.write(NEW);
    expect(await release()).toMatchObject({
      status: 0,
      json: { revision: 2, previousDigest: first, base: "manifest.json" },
    });
    pack.write({ "README.md": "# A third\n" });
    expect(await release()).toMatchObject({ status: 0, json: { revision: 3 } });
  });

  it("when the manifest was never committed follows what it states", async () => {
    pack.git("rm", "--quiet", "--cached", join(PACK, "manifest.json"));
    pack.git("commit", "--quiet", "-m", "without");
    pack.write(NEW);
    expect(await release()).toMatchObject({ status: 0, json: { previousDigest: first, base: "manifest.json" } });
  });

  it("when the committed schemas are not those that were built says that lost fields go unseen", async () => {
    pack.write({ "opa/schemas/a/input.json": "{}" });
    pack.editManifest("draft", "active");
    pack.commit();
    const { status, err } = await release();
    expect([status, err]).toEqual([0, expect.stringContaining("schemas")]);
    expect(await pack.check("--base", "HEAD")).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
  });

  it("when a base is a published pack follows it, verified or as it is", async () => {
    await pack.run("sign", TAR, "--dev-authority", "--bundle", "tar.sigstore.json");
    cpSync(join(pack.path, TAR), join(pack.path, "published.tar"));
    pack.write(NEW);
    const base = ["--base", "published.tar"];
    expect(await release(...base)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await release(...base, "--bundle", "tar.sigstore.json", "--dev-authority")).toMatchObject({ status: 0 });
    expect(await pack.check(...base, "--unsafe-unverified")).toMatchObject({ status: 0, codes: [] });
    expect(manifestOf(pack).previousDigest).toBe(first);
  });

  it("when lifecycle and flags are named writes them, and keeps them afterwards", async () => {
    const flags = ["--emergency-flag", "freeze", "--emergency-flag", "break-glass"];
    await release("--lifecycle", "active", ...flags);
    expect(manifestOf(pack)).toMatchObject({ lifecycle: "active", emergencyFlags: ["break-glass", "freeze"] });
    pack.commit();
    pack.write(NEW);
    await release();
    expect(manifestOf(pack)).toMatchObject({
      revision: 3,
      lifecycle: "active",
      emergencyFlags: ["break-glass", "freeze"],
    });
    pack.commit();
    await release("--no-emergency-flags");
    expect(manifestOf(pack)).toMatchObject({ revision: 4, emergencyFlags: [] });
  });

  it.each<[string, readonly string[], string]>([
    ["a lifecycle that is none", ["--lifecycle", "published"], "LIFECYCLE_INVALID"],
    ["a lifecycle in capitals", ["--lifecycle", "Active"], "LIFECYCLE_INVALID"],
    ["a flag that is none", ["--emergency-flag", "Break Glass"], "CONFIG_INVALID"],
    ["a flag and none", ["--emergency-flag", "a", "--no-emergency-flags"], "CONFIG_INVALID"],
    ["a message twice", ["--message", "y"], "CONFIG_INVALID"],
    ["a base that is nothing", ["--base", "nowhere"], "CONFIG_INVALID"],
    ["a base that looks like an option", ["--base=--exec=touch pwned"], "CONFIG_INVALID"],
    ["bundles without a base", ["--bundle", "x"], "CONFIG_INVALID"],
    ["an unverified base without one", ["--unsafe-unverified"], "CONFIG_INVALID"],
    ["artifacts inside the source", ["--out", join(PACK, "out")], "CONFIG_INVALID"],
  ])("when given %s refuses it and writes nothing", async (_what, args, code) => {
    pack.write(NEW);
    const before = [pack.git("diff"), readFileSync(join(pack.path, TAR), "hex")];
    expect(await release(...args)).toMatchObject({ status: 2, code });
    expect([pack.git("diff"), readFileSync(join(pack.path, TAR), "hex")]).toEqual(before);
    expect(pack.git("status", "--porcelain")).toBe(`M ${PACK}/README.md`);
  });

  it("when the message is left out, or says nothing, refuses it", async () => {
    pack.write(NEW);
    expect(await pack.run("release", PACK)).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await pack.run("release", PACK, "--message", " ")).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    expect(await pack.run("release", PACK, "--message", "a\u001b[31m")).toMatchObject({ status: 2 });
  });

  it("when the pack was never built, or its manifest is malformed, refuses it", async () => {
    pack.write({ "manifest.json": '{"manifest": {"revision": 1, "previousDigest": null}}' });
    rmSync(join(pack.path, ".git"), { recursive: true });
    expect(await release()).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
    pack.write({ "manifest.json": "{" });
    expect(await release()).toMatchObject({ status: 3, code: "MANIFEST_INVALID" });
    rmSync(join(pack.path, PACK, "manifest.json"));
    expect(await release()).toMatchObject({ status: 2, code: "CONFIG_INVALID" });
  });

  it("when a base has gone on since, refuses to make the same revision again", async () => {
    pack.git("checkout", "--quiet", "-b", "change");
    pack.write(NEW);
    pack.git("checkout", "--quiet", "-b", "other");
    await release();
    pack.commit();
    pack.git("checkout", "--quiet", "change");
    pack.write({ "data/config/data.json": '{"limit": 3, "z": 1}' });
    expect(await release("--base", "other")).toMatchObject({ status: 2, code: "CHAIN_BROKEN" });
  });

  it("tells people what to commit, in words that a shell takes", async () => {
    pack.write(NEW);
    const PATH = [dirname(await findTestOpa()), process.env["PATH"] ?? ""].join(delimiter);
    const terminal = createTerminal({ cwd: pack.path, env: { PATH } });
    expect(await runCli(["release", PACK, "--message", "x"], terminal)).toBe(0);
    expect(terminal.out()).toContain(`git commit -m 'Release test-pack-v0 revision 2'`);
    writeFileSync(join(pack.path, PACK, "README.md"), "# Once more\n");
    expect(await runCli(["contract", "check", PACK, "--base", "HEAD"], terminal)).toBe(2);
    expect(terminal.err()).toContain("MANIFEST_OUTDATED: ");
  });
});
