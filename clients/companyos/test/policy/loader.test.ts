import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hexOf, MEDIA_TYPES } from "@policy-pack/pack";
import { compilePack, createTestAuthority, createTempDir, startHttpServer } from "@policy-pack/testkit";
import type { CompiledPack, TempDir, TestAuthority, TestHttpServer } from "@policy-pack/testkit";
import { loadPolicyPack } from "../../src/policy/loader.ts";

const REGO = `package test

# METADATA
# scope: document
# entrypoint: true
allow := input.tenant == "acme"
`;

let authority: TestAuthority;
let pack: CompiledPack;
let server: TestHttpServer;
let temp: TempDir;

beforeAll(async () => {
  temp = await createTempDir();
  authority = await createTestAuthority();
  pack = await compilePack({ "opa/test/test.rego": REGO }, { revision: 7 });
  const bundle = await authority.sign(pack.tar);
  server = await startHttpServer((request, response) => {
    const isPack = request.url === "/pack";
    response.writeHead(200, {
      "content-type": isPack ? MEDIA_TYPES.packTar : MEDIA_TYPES.sigstoreBundle,
      digest: `sha-256=${hexOf(pack.digest)}`,
    });
    response.end(isPack ? pack.tar : bundle);
  });
});

afterAll(async () => {
  await server.close();
  await authority.close();
  await temp.remove();
});

describe("loadPolicyPack", () => {
  it("returns a deciding policy with its folder, digest and revision", async () => {
    const dir = join(temp.path, "pack");
    const { trustedRoot, policy: verificationPolicy } = authority;
    const policy = await loadPolicyPack(`${server.url}/pack`, { trustedRoot, verificationPolicy, dir });
    expect(policy).toMatchObject({ dir, digest: pack.digest, revision: "7", packId: "test-pack-v0" });
    expect(policy.decide({ tenant: "acme" }, "test/allow")).toMatchObject({ value: true, revision: "7" });
    expect(policy.decide({ tenant: "evil" }, "test/allow").value).toBe(false);
    expect(await readdir(dir)).toContain("README.md");
  });

  it("makes a folder of its own when none is named", async () => {
    const { trustedRoot, policy: verificationPolicy } = authority;
    const { dir } = await loadPolicyPack(`${server.url}/pack`, { trustedRoot, verificationPolicy });
    expect(await readdir(dir)).toContain("opa");
    await rm(dirname(dir), { recursive: true });
  });

  it("rejects an older revision than the last one, and writes nothing", async () => {
    const { trustedRoot, policy } = authority;
    const dir = join(temp.path, "older");
    const verificationPolicy = { ...policy, minimumRevision: 8 };
    const loading = loadPolicyPack(`${server.url}/pack`, { trustedRoot, verificationPolicy, dir });
    await expect(loading).rejects.toMatchObject({ name: "TrustError", code: "REVISION_ROLLBACK" });
    expect(await readdir(temp.path)).not.toContain("older");
  });

  it("rejects when trusted root or verification policy is missing", async () => {
    const { trustedRoot, policy: verificationPolicy } = authority;
    for (const options of [undefined, {}, { trustedRoot }, { verificationPolicy }]) {
      const loading = loadPolicyPack(`${server.url}/pack`, options as Parameters<typeof loadPolicyPack>[1]);
      await expect(loading).rejects.toMatchObject({ name: "TypeError" });
    }
  });
});
