import { beforeAll, describe, expect, it } from "@jest/globals";
import { appendFile, rm } from "node:fs/promises";
import { packPaths } from "@policy-pack/pack";
import { compilePack, createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack } from "@policy-pack/testkit";
import { expectNotOk, readEvidenceOk, withWorld } from "../support/evidence-ok.ts";
import { compileContract, ODD_REGO, PACK_ID, STRICT_DATA } from "../support/promotion-world.ts";
import type { PromotionWorld } from "../support/promotion-world.ts";

let first: CompiledPack;
let second: CompiledPack;

const OTHER_REGO = `package a

# METADATA
# entrypoint: true
allow := true
`;

beforeAll(async () => {
  first = await compileContract(1);
  second = await compileContract(2, STRICT_DATA);
});

describe("evidenceOk", () => {
  it("is not ok without a pack", async () => {
    await withWorld(first.tar, async (world) => {
      await rm(packPaths(world.root, PACK_ID).tar);
      expect(await expectNotOk(world, "PACK_NOT_BUILT")).toMatchObject({ packDigest: null, revision: null });
    });
  });

  it("is not ok when the pack is taken away after it said yes", async () => {
    await withWorld(first.tar, async (world) => {
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
      await rm(packPaths(world.root, PACK_ID).tar);
      await expectNotOk(world, "PACK_NOT_BUILT");
      await world.install(first.tar);
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
    });
  });

  it("is not ok when the bundle is taken away, is another's, or is broken", async () => {
    await withWorld(first.tar, async (world) => {
      await world.install(first.tar, null);
      await expectNotOk(world, "ATTESTATION_UNAVAILABLE");
      await world.install(first.tar, await world.authority.sign(second.tar));
      await expectNotOk(world, "DIGEST_MISMATCH");
      await world.install(first.tar, "{}");
      await expectNotOk(world, "BUNDLE_INVALID");
    });
  });

  it("is not ok when a stranger signed the pack", async () => {
    const stranger = await createTestAuthority();
    await withWorld(first.tar, async (world) => {
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
      await world.install(second.tar, await stranger.sign(second.tar));
      const answer = readEvidenceOk(await world.evidenceOk());
      expect([answer.ok, answer.packDigest, answer.reasons.length]).toEqual([false, null, 1]);
      await world.install(first.tar, await world.authority.sign(first.tar, { identity: "someone@else.test" }));
      await expectNotOk(world, "IDENTITY_MISMATCH");
    });
    await stranger.close();
  });

  it("is not ok when a byte of the running pack changes", async () => {
    await withWorld(first.tar, async (world) => {
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
      await appendFile(packPaths(world.root, PACK_ID).tar, "\0");
      await expectNotOk(world, "DIGEST_MISMATCH");
    });
  });

  it("is not ok when an older revision is put back, though it is signed", async () => {
    await withWorld(first.tar, async (world) => {
      await world.install(second.tar);
      await expectNotOk(world, "read_p95_exceeded");
      await world.install(first.tar);
      await expectNotOk(world, "REVISION_ROLLBACK");
    });
  });

  it("is not ok below the configured revision", async () => {
    const use = async (world: PromotionWorld): Promise<void> => {
      await expectNotOk(world, "REVISION_ROLLBACK");
    };
    await withWorld(first.tar, use, { minimumRevision: 2 });
  });

  it("is not ok when another pack of the same signer stands there", async () => {
    const other = await compilePack({ "opa/a.rego": OTHER_REGO }, { packId: "other-pack-v0" });
    await withWorld(first.tar, async (world) => {
      await world.install(other.tar);
      await expectNotOk(world, "PACK_MISMATCH");
    });
  });

  it("is not ok when the pack does not say how old evidence may be", async () => {
    for (const text of ["", '{"max_evidence_age_seconds": "900"}', '{"max_evidence_age_seconds": -1}']) {
      const pack = await compileContract(1, { "data/config/readiness/data.json": text });
      await withWorld(first.tar, async (world) => {
        await world.install(pack.tar);
        await expectNotOk(world, "readiness_limit_invalid");
      });
    }
  });

  it("is not ok when the pack brings no schema of the input", async () => {
    const pack = await compileContract(1, {
      "opa/schemas/cos/promotion/input.json": "",
      "opa/cos/promotion/promotion.rego": ODD_REGO,
    });
    await withWorld(first.tar, async (world) => {
      await world.install(pack.tar);
      await expectNotOk(world, "input_schema_missing");
    });
  });
});
