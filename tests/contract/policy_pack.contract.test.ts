import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createHash } from "node:crypto";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buildPack } from "@policy-pack/build";
import { loadPolicyPack } from "@policy-pack/companyos";
import { packPaths } from "@policy-pack/pack";
import type { PackPaths } from "@policy-pack/pack";
import { createTempDir, createTestAuthority, findTestOpa } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { fetchAndVerify, fetchAttestation, loadVerifiedPolicy } from "cos-policy-fetcher";
import type { LoadedPolicy } from "cos-policy-fetcher";

const PACK_ID = "policy-pack-v0";
const NOW = Date.parse("2026-06-01T12:00:00Z");

/** The built server; through a variable, so that it is looked for at run time, not when types are checked. */
const APP = new URL("../../server/dist/app.js", import.meta.url).href;

interface InlineServer {
  listen(options: { host: string; port: number }): Promise<string>;
  close(): Promise<void>;
}

let root: TempDir;
let paths: PackPaths;
let authority: TestAuthority;
let server: Server;
let url: string;
let digest: string;

/** The checkout's own pack, built into a root of its own, signed, and served by the built server. */
beforeAll(async () => {
  root = await createTempDir();
  paths = packPaths(root.path, PACK_ID);
  await cp(packPaths(".", PACK_ID).source, paths.source, { recursive: true });
  await rm(paths.bundle, { force: true });
  ({ digest } = await buildPack({ sourceDir: paths.source, outDir: paths.output, opa: await findTestOpa() }));
  authority = await createTestAuthority();
  await signWith(await authority.sign(await readFile(paths.tar)));
  process.env["MC_PACK_ROOT"] = root.path;
  process.env["MC_LOG_LEVEL"] = "silent";
  const { default: listener } = (await import(APP)) as { default: RequestListener };
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/v1/policy/packs/${PACK_ID}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await authority.close();
  await root.remove();
});

async function signWith(bundle: string): Promise<void> {
  await writeFile(paths.bundle, bundle);
}

function trust(): { trustedRoot: string; verificationPolicy: TestAuthority["policy"] & { packId: string } } {
  return { trustedRoot: authority.trustedRoot, verificationPolicy: { ...authority.policy, packId: PACK_ID } };
}

describe("the policy pack contract", () => {
  describe("when the pack is signed by whom the client wants", () => {
    it("returns a folder with the pack", async () => {
      const dir = await fetchAndVerify({ url, ...trust(), dir: join(root.path, "unpacked") });
      expect((await readdir(dir)).sort()).toEqual(["README.md", "data", "opa", "signing"]);
    });

    it("serves the very bundle that was signed", async () => {
      expect(await fetchAttestation(url)).toBe(await readFile(paths.bundle, "utf8"));
    });

    it("gives the COS runtime a policy with digest, revision and folder", async () => {
      const policy = await loadPolicyPack(url, { ...trust(), dir: join(root.path, "loaded") });
      expect(policy).toMatchObject({ digest, packId: PACK_ID, dir: join(root.path, "loaded") });
      expect(policy.revision).toMatch(/^[1-9]\d*$/);
    });
  });

  it("takes the bundle that the server sends inline", async () => {
    const { buildApp } = (await import(APP)) as { buildApp: (options: object) => InlineServer };
    const inline = buildApp({ root: root.path, inlineBundle: true, logger: false });
    const origin = await inline.listen({ host: "127.0.0.1", port: 0 });
    try {
      const { headers } = await fetch(`${origin}/v1/policy/packs/${PACK_ID}`);
      expect(headers.get("x-cosign-bundle")).not.toBeNull();
      const policy = await loadVerifiedPolicy({ url: `${origin}/v1/policy/packs/${PACK_ID}`, ...trust() });
      expect(policy.digest).toBe(digest);
    } finally {
      await inline.close();
    }
  });

  describe("when ABAC decides", () => {
    let policy: LoadedPolicy;

    beforeAll(async () => {
      policy = await loadVerifiedPolicy({ url, ...trust(), instance: { now: () => BigInt(NOW) * 1_000_000n } });
    });

    const request = (changed: { tenant?: string; purpose?: string; until?: string } = {}): unknown => ({
      subject: { tenant: "acme", purpose: changed.purpose ?? "investigation" },
      resource: { tenant: changed.tenant ?? "acme", retention_until: changed.until ?? "2026-06-01T12:00:01Z" },
    });

    it("allows the same tenant with a listed purpose and retention ahead", () => {
      const input = request();
      expect(policy.decide(input, "cos/abac/allow")).toMatchObject({ value: true, digest });
      expect(policy.decide(input, "cos/abac/reasons").value).toEqual([]);
    });

    it.each([
      ["another tenant", { tenant: "evil" }, "cross_tenant"],
      ["a purpose that is not listed", { purpose: "marketing" }, "purpose_not_allowed"],
      ["a retention date that has come", { until: "2026-06-01T12:00:00Z" }, "retention_expired"],
    ])("denies %s, with the reason", (_, changed, code) => {
      const input = request(changed);
      expect(policy.decide(input, "cos/abac/allow").value).toBe(false);
      expect(policy.decide(input, "cos/abac/reasons").value).toMatchObject([{ code }]);
    });

    it.each([undefined, null, false, 0, "", [], {}])("denies the input %p", (input) => {
      expect(policy.decide(input, "cos/abac/allow").value).toBe(false);
    });
  });

  describe("when the pack is not what the client wants", () => {
    async function expectRefused(
      expected: object,
      verificationPolicy: object = trust().verificationPolicy,
    ): Promise<void> {
      const dir = join(root.path, "refused");
      const options = { url, ...trust(), verificationPolicy: verificationPolicy as TestAuthority["policy"], dir };
      await expect(fetchAndVerify(options)).rejects.toMatchObject(expected);
      await expect(loadVerifiedPolicy(options)).rejects.toMatchObject(expected);
      expect(await readdir(root.path)).not.toContain("refused");
    }

    it.each(["certificateIdentity", "certificateOidcIssuer"] as const)("refuses another %s", async (field) => {
      const rule = authority.policy.signers[0];
      const signers = [{ ...rule, [field]: `${rule[field]}.evil` }];
      await expectRefused({ name: "TrustError", code: "IDENTITY_MISMATCH" }, { signers });
    });

    it("refuses a trusted root of another authority", async () => {
      const other = await createTestAuthority();
      const options = { url, ...trust(), trustedRoot: other.trustedRoot };
      await expect(fetchAndVerify(options)).rejects.toMatchObject({ name: "VerificationError" });
      await other.close();
    });

    it("refuses a revision below the minimum", async () => {
      const verificationPolicy = { ...trust().verificationPolicy, minimumRevision: Number.MAX_SAFE_INTEGER };
      await expectRefused({ name: "TrustError", code: "REVISION_ROLLBACK" }, verificationPolicy);
    });

    it("refuses a pack whose bundle is gone, of other bytes, or of bytes that were changed since", async () => {
      const bundle = await readFile(paths.bundle, "utf8");
      const tar = await readFile(paths.tar);
      const unavailable = { name: "TransportError", code: "ATTESTATION_UNAVAILABLE", retryable: true };
      try {
        await rm(paths.bundle);
        await expectRefused(unavailable);
        await signWith(await authority.sign(Buffer.from("other bytes")));
        await expectRefused(unavailable);
        await signWith(bundle);
        const changed = Buffer.from(tar);
        changed.writeUInt8(changed.readUInt8(600) ^ 1, 600);
        await writeFile(paths.tar, changed);
        await expectRefused(unavailable);
      } finally {
        await writeFile(paths.tar, tar);
        await signWith(bundle);
      }
      await loadVerifiedPolicy({ url, ...trust() });
    });

    it("refuses changed bytes for which a bundle claims to have been signed", async () => {
      const bundle = await readFile(paths.bundle, "utf8");
      const tar = await readFile(paths.tar);
      const changed = Buffer.from(tar);
      changed.writeUInt8(changed.readUInt8(600) ^ 1, 600);
      const claim = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");
      try {
        await writeFile(paths.tar, changed);
        await signWith(bundle.replaceAll(claim(tar), claim(changed)));
        await expectRefused({ name: "VerificationError" });
      } finally {
        await writeFile(paths.tar, tar);
        await signWith(bundle);
      }
    });

    it("refuses a pack that is not there", async () => {
      const options = { ...trust(), url: url.replace(PACK_ID, "no-such-pack-v0") };
      await expect(fetchAndVerify(options)).rejects.toMatchObject({ code: "PACK_NOT_FOUND", retryable: false });
    });
  });
});
