import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalEntries, encodeTar } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { fetchAndVerify, fetchVerifiedPack, loadUnpackedPolicy, loadVerifiedPolicy } from "../src/load.ts";
import type { FolderOptions } from "../src/load.ts";
import { expectFailure, PACK_PATH, requestCount, serve, server, stopServer } from "./serve.ts";
import type { Failure, Served } from "./serve.ts";
import { createSignedPacks, inline } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

let signed: Signed;
let temp: TempDir;

beforeAll(async () => {
  signed = await createSignedPacks();
});
afterAll(async () => {
  await signed.authority.close();
});
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(async () => {
  await stopServer();
  await temp.remove();
});

/** Good options against a server that is good but for what is said. */
async function optionsFor(served: Served = {}): Promise<FolderOptions> {
  const { pack, authority } = signed;
  const { url } = await serve(server({ bytes: pack.tar, bundle: pack.bundle, ...served }));
  const { trustedRoot, policy } = authority;
  return { url: url + PACK_PATH, trustedRoot, verificationPolicy: policy, dir: join(temp.path, "pack") };
}

describe("fetchAndVerify", () => {
  describe("when the pack is signed by whom the policy wants", () => {
    it("returns the folder with exactly the pack's files", async () => {
      const dir = await fetchAndVerify(await optionsFor());
      expect(dir).toBe(join(temp.path, "pack"));
      for (const [path, bytes] of signed.pack.contents.files) {
        expect(Buffer.compare(await readFile(join(dir, path)), bytes)).toBe(0);
      }
      const found = await readdir(dir, { recursive: true, withFileTypes: true });
      expect(found.filter((entry) => entry.isFile())).toHaveLength(signed.pack.contents.files.size);
    });

    it("takes the inline bundle", async () => {
      const bundle = inline(signed.pack.bundle);
      await fetchAndVerify(await optionsFor({ pack: { "x-cosign-bundle": bundle }, attestationStatus: 503 }));
    });

    it("returns a fresh folder under a private one when none is named", async () => {
      const options = { ...(await optionsFor()), dir: undefined };
      const dirs = [await fetchAndVerify(options), await fetchAndVerify(options)];
      try {
        expect(new Set(dirs).size).toBe(2);
        for (const dir of dirs) {
          expect((await lstat(dirname(dir))).mode & 0o777).toBe(0o700);
          expect(await readdir(dir)).toContain("README.md");
        }
      } finally {
        for (const dir of dirs) await rm(dirname(dir), { recursive: true });
      }
    });
  });

  describe("when what the server sends is not what was signed", () => {
    async function expectRefused(
      served: Served,
      failure: Partial<Failure>,
      changed: Partial<FolderOptions> = {},
    ): Promise<void> {
      const options = { ...(await optionsFor(served)), ...changed };
      await expectFailure(fetchAndVerify(options), failure as Failure);
      await expectFailure(loadVerifiedPolicy(options), failure as Failure);
      expect(await readdir(temp.path)).toEqual([]);
    }

    it("throws on a changed pack", async () => {
      const { contents } = signed.pack;
      const files = [...contents.files].map(([path, bytes]) => ({
        path,
        bytes: path === "README.md" ? Buffer.from("# Changed") : bytes,
      }));
      await expectRefused({ bytes: encodeTar(canonicalEntries(files)) }, { name: "VerificationError" });
    });

    it("throws on a bundle of another pack", async () => {
      await expectRefused({ bundle: signed.other.bundle }, { name: "VerificationError" });
    });

    it("throws on an inline bundle of another pack, though the attestation is good", async () => {
      const bundle = inline(signed.other.bundle);
      await expectRefused({ pack: { "x-cosign-bundle": bundle } }, { name: "VerificationError" });
    });

    it.each(["", "{", "null", "%7B%7D"])(
      "throws on the inline bundle %j, though the attestation is good",
      async (bundle) => {
        await expectRefused({ pack: { "x-cosign-bundle": bundle } }, { name: "FormatError", code: "BUNDLE_INVALID" });
      },
    );

    it("throws on another pack of the same signer than the address names", async () => {
      const { tar: bytes, bundle } = signed.other;
      await expectRefused({ bytes, bundle }, { name: "TrustError", code: "PACK_MISMATCH" });
    });

    it("throws on another pack than the policy names, whatever the address names", async () => {
      const verificationPolicy = { ...signed.authority.policy, packId: "other-pack-v0" };
      await expectRefused({}, { name: "TrustError", code: "PACK_MISMATCH" }, { verificationPolicy });
    });

    it("throws on a revision below the policy's minimum", async () => {
      const verificationPolicy = { ...signed.authority.policy, minimumRevision: 3 };
      await expectRefused({}, { name: "TrustError", code: "REVISION_ROLLBACK" }, { verificationPolicy });
    });

    it.each(["certificateIdentity", "certificateOidcIssuer"] as const)("throws on another %s", async (field) => {
      const [rule] = signed.authority.policy.signers;
      const verificationPolicy = { signers: [{ ...rule, [field]: `${rule[field]}-evil` }] as const };
      await expectRefused({}, { name: "TrustError", code: "IDENTITY_MISMATCH" }, { verificationPolicy });
    });

    it("throws on more files than the limits allow", async () => {
      await expectRefused({}, { name: "FormatError", code: "LIMIT_EXCEEDED" }, { limits: { maxFiles: 2 } });
    });

    it("throws on signed bytes that are no pack", async () => {
      const bytes = Buffer.from("signed, but no pack");
      const bundle = await signed.authority.sign(bytes);
      await expectRefused({ bytes, bundle }, { name: "FormatError" });
    });
  });

  describe("when the arguments are wrong", () => {
    const INVALID = { name: "ConfigError", code: "CONFIG_INVALID" };
    const WRONG_TYPE = { name: "TypeError" } as Failure;

    it.each<[string, object, Failure]>([
      ["no trusted root", { trustedRoot: undefined }, WRONG_TYPE],
      ["a number for the trusted root", { trustedRoot: 5 }, WRONG_TYPE],
      ["no verification policy", { verificationPolicy: undefined }, WRONG_TYPE],
      ["no url", { url: undefined }, WRONG_TYPE],
      ["a trusted root that is not one", { trustedRoot: "{}" }, { name: "FormatError", code: "TRUSTED_ROOT_INVALID" }],
      ["a policy without signers", { verificationPolicy: { signers: [] } }, INVALID],
      ["an empty policy", { verificationPolicy: {} }, INVALID],
      ["a time-out out of range", { timeoutMs: 0 }, INVALID],
      ["credentials in the url", { url: "http://user:hunter2@127.0.0.1/" }, INVALID],
    ])("throws on %s before it asks the server", async (_, changed, failure) => {
      const options = { ...(await optionsFor()), ...changed };
      await expectFailure(fetchAndVerify(options), failure);
      await expectFailure(fetchVerifiedPack(options), failure);
      await expectFailure(loadVerifiedPolicy(options), failure);
      expect(requestCount()).toBe(0);
    });

    it("throws on an empty dir before it asks the server", async () => {
      const options = { ...(await optionsFor()), dir: "" };
      for (const work of [fetchAndVerify, loadVerifiedPolicy, loadUnpackedPolicy]) {
        await expectFailure(work(options), WRONG_TYPE);
      }
      expect(requestCount()).toBe(0);
    });
  });
});

describe("fetchVerifiedPack", () => {
  it("returns what was proven, and writes nothing", async () => {
    const verified = await fetchVerifiedPack(await optionsFor());
    expect(verified).toMatchObject({ digest: signed.pack.digest, packId: "test-pack-v0", revision: "2" });
    expect(await readdir(temp.path)).toEqual([]);
  });
});

describe("loadVerifiedPolicy", () => {
  it("returns a policy that decides and says by what", async () => {
    const options = { ...(await optionsFor()), dir: undefined };
    const policy = await loadVerifiedPolicy(options);
    const { digest } = signed.pack;
    expect(policy).toMatchObject({ digest, revision: "2", packId: "test-pack-v0", signers: [{ kind: "certificate" }] });
    expect(policy).not.toHaveProperty("dir");
    expect(policy.entrypoints).toEqual(["test/allow", "test/clock"]);
    expect(policy.decide({ tenant: "acme" }, "test/allow")).toMatchObject({ value: true, revision: "2", digest });
    expect(policy.decide({ tenant: "evil" }, "test/allow")).toMatchObject({ value: false });
    expect(await readdir(temp.path)).toEqual([]);
  });

  it("hands the clock on", async () => {
    const policy = await loadVerifiedPolicy({ ...(await optionsFor()), instance: { now: () => 42n } });
    expect(policy.decide(undefined, "test/clock").value).toBe(42);
  });

  it("throws on what cannot be decided", async () => {
    const policy = await loadVerifiedPolicy(await optionsFor());
    const failing = (code: string): unknown => expect.objectContaining({ name: "EvaluationError", code });
    expect(() => policy.decide({}, "test/deny")).toThrow(failing("ENTRYPOINT_UNKNOWN"));
    expect(() => policy.decide(undefined, "test/allow")).toThrow(failing("DECISION_UNDEFINED"));
  });

  it("unpacks into dir when one is named", async () => {
    const options = await optionsFor();
    expect((await loadVerifiedPolicy(options)).dir).toBe(options.dir);
    expect(await readdir(temp.path)).toEqual(["pack"]);
  });

  it("throws on a signed pack whose WASM does not load, and writes nothing", async () => {
    const files = [...signed.pack.contents.files].map(([path, bytes]) => ({
      path,
      bytes: path === "opa/policy.wasm" ? Buffer.from("not wasm") : bytes,
    }));
    const bytes = encodeTar(canonicalEntries(files));
    const options = await optionsFor({ bytes, bundle: await signed.authority.sign(bytes) });
    await expectFailure(loadVerifiedPolicy(options), { name: "EvaluationError", code: "WASM_INVALID" });
    expect(await readdir(temp.path)).toEqual([]);
  });
});

describe("loadUnpackedPolicy", () => {
  it("returns a policy and the folder of its pack", async () => {
    const options = await optionsFor();
    const policy = await loadUnpackedPolicy(options);
    expect(policy.dir).toBe(options.dir);
    expect(policy.decide({ tenant: "acme" }, "test/allow").value).toBe(true);
  });

  it("makes a folder when none is named", async () => {
    const options = { ...(await optionsFor()), dir: undefined };
    const { dir } = await loadUnpackedPolicy(options);
    expect(await readdir(dir)).toContain("opa");
    await rm(dirname(dir), { recursive: true });
  });
});
