import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DecisionRecorder } from "@policy-pack/evaluate";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { loadUnpackedPolicy, loadVerifiedPolicy } from "../src/load.ts";
import type { LoadOptions } from "../src/load.ts";
import { PACK_PATH, requestCount, serve, server, stopServer } from "./serve.ts";
import { createSignedPacks } from "./signed-pack.ts";
import type { Signed } from "./signed-pack.ts";

const ASKED = { tenant: "acme" };

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

async function optionsFor(): Promise<Pick<LoadOptions, "url" | "trustedRoot" | "verificationPolicy">> {
  const { pack, authority } = signed;
  const { url } = await serve(server({ bytes: pack.tar, bundle: pack.bundle }));
  return { url: url + PACK_PATH, trustedRoot: authority.trustedRoot, verificationPolicy: authority.policy };
}

function recorder(refusal?: Error) {
  const told: unknown[] = [];
  const it: DecisionRecorder = {
    begin: (question) => ({
      decisionId: "id",
      end: (outcome) => {
        if (refusal !== undefined) throw refusal;
        told.push({ ...question, ...outcome });
      },
    }),
  };
  return { it, told };
}

describe("loadVerifiedPolicy", () => {
  describe("with a pool", () => {
    it("returns a policy that decides in threads until it is closed", async () => {
      const policy = await loadVerifiedPolicy({ ...(await optionsFor()), pool: { size: 1 } });
      const entrypoint = "test/allow";
      const here = await loadVerifiedPolicy(await optionsFor());
      expect(await policy.decide(ASKED, entrypoint)).toEqual(here.decide(ASKED, entrypoint));
      expect(policy).toMatchObject({ digest: here.digest, revision: here.revision, packId: here.packId });
      expect(policy.stats()).toMatchObject({ workers: 1, answered: 1 });
      await policy.close();
      await expect(policy.decide(ASKED, entrypoint)).rejects.toMatchObject({ code: "INSTANCE_CLOSED" });
    });

    it("throws when the policy is to decide in this thread too, before anything is fetched", async () => {
      const options = { ...(await optionsFor()), pool: {}, instance: {} };
      await expect(loadVerifiedPolicy(options)).rejects.toThrow(TypeError);
      expect(requestCount()).toBe(0);
    });

    it("starts no threads for a pack that is refused", async () => {
      const options = { ...(await optionsFor()), pool: { size: 0 } };
      const verificationPolicy = { ...options.verificationPolicy, packId: "other-v0" };
      await expect(loadVerifiedPolicy({ ...options, verificationPolicy })).rejects.toMatchObject({
        name: "TrustError",
      });
      await expect(loadVerifiedPolicy(options)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    });

    it("leaves no policy where its folder cannot be written", async () => {
      await writeFile(join(temp.path, "taken"), "");
      const options = { ...(await optionsFor()), pool: { size: 1 }, dir: join(temp.path, "taken", "pack") };
      await expect(loadVerifiedPolicy(options)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    });
  });

  describe("with a recorder", () => {
    it("tells it of each decision of an instance and of a pool", async () => {
      const { it: target, told } = recorder();
      const options = { ...(await optionsFor()), recorder: target };
      const here = await loadVerifiedPolicy(options);
      const pooled = await loadVerifiedPolicy({ ...options, pool: { size: 1 } });
      const entrypoint = "test/allow";
      expect(here.decide({ ...ASKED, a: 1 }, entrypoint, { requestedBy: "me" })).toMatchObject({ decisionId: "id" });
      expect(await pooled.decide({ ...ASKED, a: 2 }, entrypoint)).toMatchObject({ decisionId: "id" });
      await pooled.close();
      const { digest, revision, packId } = here;
      expect(told).toMatchObject([
        {
          input: { a: 1 },
          entrypoint,
          policy: { digest, revision, packId },
          context: { requestedBy: "me" },
          decision: {},
        },
        { input: { a: 2 }, entrypoint, policy: { digest, revision, packId }, decision: {} },
      ]);
    });

    it("gives no answer that the recorder refuses", async () => {
      const refusal = new Error("not recorded");
      const policy = await loadVerifiedPolicy({ ...(await optionsFor()), recorder: recorder(refusal).it });
      expect(() => policy.decide(ASKED, "test/allow")).toThrow(refusal);
    });
  });
});

describe("loadUnpackedPolicy", () => {
  it("with a pool returns the folder too", async () => {
    const dir = join(temp.path, "pack");
    const policy = await loadUnpackedPolicy({ ...(await optionsFor()), pool: { size: 1 }, dir });
    expect(policy.dir).toBe(dir);
    expect(await readdir(dir)).toContain("README.md");
    await policy.close();
  });
});
