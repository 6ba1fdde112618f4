import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@policy-pack/pack";
import { startHttpServer } from "@policy-pack/testkit";
import { readBase } from "../../src/contract/base.ts";
import type { BaseFlags, NamedBase } from "../../src/contract/base.ts";
import { createTerminal } from "../support.ts";
import { createCheckout, PACK, TAR } from "./checkout.ts";
import type { Checkout } from "./checkout.ts";

let original: Checkout;
let pack: Checkout;
let tarDigest = "";
beforeAll(async () => {
  original = await createCheckout();
  await original.run("sign", TAR, "--dev-authority");
  cpSync(join(original.path, PACK, "signing/cosign.bundle.json"), join(original.path, "bundle.sigstore.json"));
  rmSync(join(original.path, PACK, "signing/cosign.bundle.json"));
  original.commit();
  tarDigest = digestOf(readFileSync(join(original.path, TAR)));
});
afterAll(() => original.remove());
beforeEach(async () => {
  pack = await original.copy();
});
afterEach(() => pack.remove());

function read(name: string, flags: BaseFlags = {}): Promise<NamedBase> {
  const env = { PATH: process.env["PATH"] ?? "" };
  return readBase(createTerminal({ cwd: pack.path, env }), join(pack.path, PACK), name, flags);
}

const invalid = { code: "CONFIG_INVALID", exitCode: 2 };
const SIGNED: BaseFlags = { bundle: ["bundle.sigstore.json"], devAuthority: true };

describe("readBase", () => {
  it("when given a revision of git returns what it holds, at the commit that made it", async () => {
    const made = pack.git("rev-parse", "HEAD");
    pack.git("commit", "--quiet", "--allow-empty", "-m", "later");
    expect(await read("main")).toMatchObject({
      kind: "git",
      commit: made,
      contract: { digest: tarDigest, revision: 1, lifecycle: "draft", isPublished: false },
    });
    expect((await read("HEAD")).contract?.inputs?.size).toBe(1);
  });

  it("when the commit holds a bundle over it returns it as published", async () => {
    cpSync(join(pack.path, "bundle.sigstore.json"), join(pack.path, PACK, "signing/cosign.bundle.json"));
    pack.git("add", "--force", PACK);
    pack.git("commit", "--quiet", "-m", "signed");
    expect(await read("main")).toMatchObject({ contract: { isPublished: true } });
    expect(await read("main~1")).toMatchObject({ contract: { isPublished: false } });
    expect(await read(`./${PACK}`)).toMatchObject({ contract: { isPublished: true } });
    pack.write({ "README.md": "# Another\n" });
    expect(await pack.check("--base", "main")).toMatchObject({ status: 2, code: "CONTRACT_ALTERED" });
  });

  it("when given a folder returns what its last build left", async () => {
    expect(await read(PACK)).toMatchObject({ kind: "source", contract: { digest: tarDigest } });
    expect(await read(join(pack.path, PACK))).toMatchObject({ kind: "source", contract: { digest: tarDigest } });
  });

  it("when given a tar that its bundle signs returns the pack as published", async () => {
    const { kind, verified, contract } = await read(TAR, SIGNED);
    expect([kind, verified]).toEqual(["pack", true]);
    expect(contract).toMatchObject({ digest: tarDigest, isPublished: true, previousDigest: null, revision: 1 });
    expect(contract?.lifecycle).toBeUndefined();
    const { policyDigest } = (await read("main")).contract ?? {};
    expect(contract?.policyDigest).toBe(policyDigest);
    expect(contract?.inputs?.size).toBe(1);
  });

  it("when given an address returns the pack that it serves, verified or as it is", async () => {
    const tar = readFileSync(join(pack.path, TAR));
    const bundle = readFileSync(join(pack.path, "bundle.sigstore.json"));
    const hex = tarDigest.slice(7);
    const server = await startHttpServer((request, response) => {
      const isBundle = request.url?.endsWith("/attestation") === true;
      const type = isBundle ? "application/vnd.sigstore.bundle+json" : "application/vnd.intelgraph.policy+tar";
      const digest = `sha-256=${hex}`;
      response.writeHead(200, { "content-type": type, etag: `W/"sha-256:${hex}"`, ...(isBundle ? {} : { digest }) });
      response.end(isBundle ? bundle : tar);
    });
    try {
      const url = `${server.url}/v1/policy/packs/test-pack-v0`;
      expect(await read(url, { devAuthority: true })).toMatchObject({
        verified: true,
        contract: { digest: tarDigest },
      });
      expect(await read(url, { unsafeUnverified: true })).toMatchObject({ verified: false });
      await expect(read(url)).rejects.toMatchObject(invalid);
    } finally {
      await server.close();
    }
  });

  it.each<[string, string, BaseFlags]>([
    ["nothing", "nowhere", {}],
    ["no path that is there", "./nowhere", {}],
    ["an option", "--help", {}],
    ["an option with a value", "--output=pwned", {}],
    ["an option of git as a path", "-C", {}],
    ["a command", "$(touch pwned)", {}],
    ["two lines", "main\nmain", {}],
    ["a file of a commit", `main:${PACK}`, {}],
    ["a range", "main..HEAD", {}],
    ["a tar without its bundle", TAR, {}],
    ["a tar without anyone named", TAR, { bundle: ["bundle.sigstore.json"] }],
    ["a tar with and without bundle", TAR, { ...SIGNED, unsafeUnverified: true }],
    ["a revision with a bundle", "main", SIGNED],
    ["a revision, unverified", "main", { unsafeUnverified: true }],
    ["a folder, unverified", PACK, { unsafeUnverified: true }],
  ])("when given %s throws CONFIG_INVALID", async (_what, name, flags) => {
    await expect(read(name, flags)).rejects.toMatchObject(invalid);
    expect(existsSync(join(pack.path, "pwned"))).toBe(false);
  });

  it("when given a tar that was changed, or a bundle of another, throws what verify throws", async () => {
    const bytes = readFileSync(join(pack.path, TAR));
    writeFileSync(join(pack.path, TAR), Buffer.concat([bytes.subarray(0, 600), Buffer.from([1]), bytes.subarray(601)]));
    await expect(read(TAR, SIGNED)).rejects.toMatchObject({ exitCode: 4 });
    await expect(read(TAR, { unsafeUnverified: true })).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
    await expect(read("bundle.sigstore.json", { unsafeUnverified: true })).rejects.toMatchObject({
      code: "ARCHIVE_INVALID",
    });
  });

  it("when the folder holds no manifest of a build throws CONFIG_INVALID", async () => {
    pack.write({ "manifest.json": '{"manifest": {"revision": 1, "previousDigest": null}}' });
    await expect(read(PACK)).rejects.toMatchObject(invalid);
    rmSync(join(pack.path, PACK, "manifest.json"));
    await expect(read(PACK)).rejects.toMatchObject(invalid);
  });

  it("when the folder is no source throws SOURCE_INVALID, and for a malformed manifest MANIFEST_INVALID", async () => {
    mkdirSync(join(pack.path, "empty"));
    await expect(read("./empty")).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    pack.write({ "manifest.json": "{" });
    await expect(read(PACK)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  });

  it("when the folder's schemas are not those of its manifest throws CONFIG_INVALID", async () => {
    pack.write({ "opa/schemas/a/input.json": "{}" });
    await expect(read(PACK)).rejects.toMatchObject(invalid);
    rmSync(join(pack.path, PACK, "opa/schemas"), { recursive: true });
    await expect(read(PACK)).rejects.toMatchObject(invalid);
    pack.write({ "opa/schemas/a/input.json": readSchema(), "opa/schemas/b/input.json": "{}" });
    await expect(read(PACK)).rejects.toMatchObject(invalid);
  });

  it("when the commit that made the manifest has other schemas throws CONFIG_INVALID", async () => {
    pack.write({ "opa/schemas/a/input.json": "{}" });
    pack.editManifest("draft", "active");
    pack.commit();
    await expect(read("main")).rejects.toMatchObject(invalid);
    expect(await read("main~1")).toMatchObject({ contract: { revision: 1 } });
  });

  it("when the commit has no manifest, no built one, or not the folder returns no contract", async () => {
    pack.write({ "manifest.json": '{"manifest": {"revision": 1, "previousDigest": null}}' });
    pack.commit();
    expect((await read("main")).contract).toBeUndefined();
    rmSync(join(pack.path, PACK, "manifest.json"));
    pack.commit();
    expect((await read("main")).contract).toBeUndefined();
    pack.git("rm", "--quiet", "-r", "--cached", "contracts");
    pack.git("commit", "--quiet", "-m", "gone");
    expect((await read("main")).contract).toBeUndefined();
  });

  it("when a name is a revision and a path throws CONFIG_INVALID, and takes either by its full name", async () => {
    cpSync(join(pack.path, PACK), join(pack.path, "main"), { recursive: true });
    await expect(read("main")).rejects.toMatchObject(invalid);
    expect(await read("./main")).toMatchObject({ kind: "source" });
    expect(await read("refs/heads/main")).toMatchObject({ kind: "git" });
  });

  it("when nothing was committed, or git is not there, throws CONFIG_INVALID for a revision and takes folders", async () => {
    renameSync(join(pack.path, ".git"), join(pack.path, "git-was-here"));
    await expect(read("main")).rejects.toMatchObject(invalid);
    expect(await read(PACK)).toMatchObject({ kind: "source" });
    pack.git("init", "--quiet");
    await expect(read("main")).rejects.toMatchObject(invalid);
  });
});

function readSchema(): string {
  return readFileSync(join(original.path, PACK, "opa/schemas/a/input.json"), "utf8");
}
