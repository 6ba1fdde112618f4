import { beforeAll, describe, expect, it } from "@jest/globals";
import { appendFile, rm } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { packPaths } from "@policy-pack/pack";
import { compilePack, createTestAuthority } from "@policy-pack/testkit";
import type { CompiledPack } from "@policy-pack/testkit";
import type { Answer } from "../support/ask.ts";
import {
  compileContract,
  createPromotionWorld,
  evidence,
  PACK_ID,
  SERVICE,
  START,
} from "../support/promotion-world.ts";
import type { PromotionWorld, WorldOptions } from "../support/promotion-world.ts";

interface EvidenceOk {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
  readonly stale: boolean;
  readonly packDigest: string | null;
  readonly revision: string | null;
  readonly decidedAt: string;
  readonly snapshot: object | null;
  readonly cost: object | null;
}

function read(answer: Answer): EvidenceOk {
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  const { data, ...others } = answer.json() as { data: { evidenceOk: EvidenceOk } };
  expect(others).toEqual({});
  return data.evidenceOk;
}

function codesOf({ reasons }: EvidenceOk): readonly string[] {
  return reasons.map((reason) => reason.split(": ")[0] ?? "");
}

let first: CompiledPack;
let second: CompiledPack;
let odd: CompiledPack;

const OTHER_REGO = `package a

# METADATA
# entrypoint: true
allow := true
`;

/** `ok` of it depends on the window that was measured: undefined, no boolean, in conflict, or without reasons. */
const ODD_REGO = `package cos.promotion

# METADATA
# scope: document
# entrypoint: true
ok if input.snapshot.window in {"1m", "5m"}

ok := false if input.snapshot.window == "4m"

ok := "yes" if input.snapshot.window == "2m"

ok := false if conflicting

ok := true if conflicting

conflicting if input.snapshot.window == "3m"

# METADATA
# scope: document
# entrypoint: true
reasons := [] if input.snapshot.window in {"2m", "3m", "4m", "9m"}

reasons := ["because"] if input.snapshot.window == "5m"
`;

beforeAll(async () => {
  first = await compileContract(1);
  second = await compileContract(2, {
    "data/config/promotion/data.json": JSON.stringify({
      max_read_p95_ms: 100,
      max_write_p95_ms: 700,
      max_error_rate: 0.02,
      max_graphql_usd_per_million: 2,
      max_ingest_usd_per_thousand: 0.1,
    }),
  });
  odd = await compileContract(1, { "opa/cos/promotion/promotion.rego": ODD_REGO });
});

/** A server that runs the pack and has whole, current evidence. */
async function withWorld(use: (world: PromotionWorld) => Promise<void>, options: WorldOptions = {}): Promise<void> {
  const world = await createPromotionWorld(options);
  try {
    await world.install(first.tar);
    world.measure();
    await use(world);
  } finally {
    await world.close();
  }
}

async function expectRefused(world: PromotionWorld, ...codes: readonly string[]): Promise<EvidenceOk> {
  const answer = read(await world.evidenceOk());
  expect(answer.ok).toBe(false);
  expect(codesOf(answer)).toEqual(codes);
  return answer;
}

describe("evidenceOk of whole and current evidence", () => {
  it("is what the verified pack says, with what it was decided on", async () => {
    await withWorld(async (world) => {
      expect(read(await world.evidenceOk())).toEqual({
        ok: true,
        reasons: [],
        missing: [],
        stale: false,
        packDigest: first.digest,
        revision: "1",
        decidedAt: START.toISOString(),
        snapshot: {
          service: SERVICE,
          p95Ms: 120,
          p99Ms: 480,
          readP95Ms: null,
          writeP95Ms: null,
          errorRate: 0.001,
          window: "30m",
        },
        cost: { graphqlPerMillionUsd: 1.2, ingestPerThousandUsd: 0.05 },
      });
    });
  });

  it("names each limit of the pack's data that is exceeded", async () => {
    await withWorld(async (world) => {
      world.clock.now = new Date(START.getTime() + 1000);
      world.measure({
        snapshot: { service: SERVICE, p95Ms: 351, p99Ms: 480, errorRate: 0.021, window: "30m" },
      });
      const { missing, stale } = await expectRefused(world, "error_rate_exceeded", "read_p95_exceeded");
      expect([missing, stale]).toEqual([[], false]);
    });
  });

  it("follows the pack that is put there while it runs", async () => {
    await withWorld(async (world) => {
      expect(read(await world.evidenceOk()).ok).toBe(true);
      await world.install(second.tar);
      const { packDigest, revision } = await expectRefused(world, "read_p95_exceeded");
      expect([packDigest, revision]).toEqual([second.digest, "2"]);
    });
  });
});

describe("evidenceOk of evidence that is not whole and current", () => {
  it("is not ok without any", async () => {
    await withWorld(async (world) => {
      const answer = read(await world.evidenceOk({ releaseId: "unheard-of" }));
      expect(answer).toMatchObject({ ok: false, snapshot: null, cost: null, stale: false, packDigest: first.digest });
      expect(codesOf(answer)).toEqual(["evidence_missing"]);
      expect(answer.missing).toEqual([
        "snapshot.service",
        "snapshot.p95Ms",
        "snapshot.p99Ms",
        "snapshot.errorRate",
        "snapshot.window",
        "cost.graphqlPerMillionUsd",
        "cost.ingestPerThousandUsd",
      ]);
    });
  });

  it("is not ok without its costs, and names what is missing", async () => {
    await withWorld(async (world) => {
      const { cost: _cost, ...rest } = evidence(START, { releaseId: "no-cost" });
      world.store.write(rest, { source: "api", writer: "a test", receivedAt: START });
      const answer = read(await world.evidenceOk({ releaseId: "no-cost" }));
      expect(answer.ok).toBe(false);
      expect(codesOf(answer)[0]).toBe("evidence_incomplete");
      expect(answer.missing).toEqual(["cost.graphqlPerMillionUsd", "cost.ingestPerThousandUsd"]);
    });
  });

  it("is not ok a second after the age that the pack believes, and ok at it", async () => {
    await withWorld(async (world) => {
      world.clock.now = new Date(START.getTime() + 900_000);
      expect(read(await world.evidenceOk()).ok).toBe(true);
      world.clock.now = new Date(START.getTime() + 901_000);
      const { stale } = await expectRefused(world, "evidence_stale", "evidence_stale");
      expect(stale).toBe(true);
    });
  });

  it("is not ok when its costs alone are stale", async () => {
    await withWorld(async (world) => {
      world.clock.now = new Date(START.getTime() + 901_000);
      const { cost: _cost, ...rest } = evidence(world.clock.now);
      world.store.write(rest, { source: "api", writer: "a test", receivedAt: world.clock.now });
      await expectRefused(world, "evidence_stale");
    });
  });

  it("is not ok when it was measured after the server's clock", async () => {
    await withWorld(async (world) => {
      world.clock.now = new Date(START.getTime() - 3_600_000);
      await expectRefused(world, "evidence_stale", "evidence_stale");
    });
  });

  it("is not ok when it is from another environment alone", async () => {
    await withWorld(async (world) => {
      world.measure({ releaseId: "staged", environment: "staging" });
      const answer = read(await world.evidenceOk({ releaseId: "staged" }));
      expect([answer.ok, codesOf(answer), answer.snapshot]).toEqual([false, ["evidence_other_environment"], null]);
    });
  });

  it("is not ok for a service that nobody configured, or a release that cannot be one", async () => {
    await withWorld(async (world) => {
      const unknown = read(await world.evidenceOk({ service: "unheard-of" }));
      expect([unknown.ok, codesOf(unknown)]).toEqual([false, ["service_unknown"]]);
      for (const releaseId of ["", "../x", "__proto__", "x".repeat(129), "a b", "é"]) {
        const answer = read(await world.evidenceOk({ releaseId }));
        expect([answer.ok, codesOf(answer)]).toEqual([false, ["release_invalid"]]);
      }
    });
  });
});

describe("evidenceOk when no verified pack can decide", () => {
  it("is not ok without a pack", async () => {
    await withWorld(async (world) => {
      await rm(packPaths(world.root, PACK_ID).tar);
      expect(await expectRefused(world, "PACK_NOT_BUILT")).toMatchObject({ packDigest: null, revision: null });
    });
  });

  it("is not ok when the pack is taken away after it said yes", async () => {
    await withWorld(async (world) => {
      expect(read(await world.evidenceOk()).ok).toBe(true);
      await rm(packPaths(world.root, PACK_ID).tar);
      await expectRefused(world, "PACK_NOT_BUILT");
      await world.install(first.tar);
      expect(read(await world.evidenceOk()).ok).toBe(true);
    });
  });

  it("is not ok when the bundle is taken away, is another's, or is broken", async () => {
    await withWorld(async (world) => {
      await world.install(first.tar, null);
      await expectRefused(world, "ATTESTATION_UNAVAILABLE");
      await world.install(first.tar, await world.authority.sign(second.tar));
      await expectRefused(world, "DIGEST_MISMATCH");
      await world.install(first.tar, "{}");
      await expectRefused(world, "BUNDLE_INVALID");
    });
  });

  it("is not ok when a stranger signed the pack", async () => {
    const stranger = await createTestAuthority();
    await withWorld(async (world) => {
      expect(read(await world.evidenceOk()).ok).toBe(true);
      await world.install(second.tar, await stranger.sign(second.tar));
      const answer = read(await world.evidenceOk());
      expect([answer.ok, answer.packDigest, answer.reasons.length]).toEqual([false, null, 1]);
      await world.install(first.tar, await world.authority.sign(first.tar, { identity: "someone@else.test" }));
      await expectRefused(world, "IDENTITY_MISMATCH");
    });
    await stranger.close();
  });

  it("is not ok when a byte of the running pack changes", async () => {
    await withWorld(async (world) => {
      expect(read(await world.evidenceOk()).ok).toBe(true);
      await appendFile(packPaths(world.root, PACK_ID).tar, "\0");
      await expectRefused(world, "DIGEST_MISMATCH");
    });
  });

  it("is not ok when an older revision is put back, though it is signed", async () => {
    await withWorld(async (world) => {
      await world.install(second.tar);
      await expectRefused(world, "read_p95_exceeded");
      await world.install(first.tar);
      await expectRefused(world, "REVISION_ROLLBACK");
    });
  });

  it("is not ok below the configured revision", async () => {
    await withWorld(async (world) => void (await expectRefused(world, "REVISION_ROLLBACK")), { minimumRevision: 2 });
  });

  it("is not ok when another pack of the same signer stands there", async () => {
    const other = await compilePack({ "opa/a.rego": OTHER_REGO }, { packId: "other-pack-v0" });
    await withWorld(async (world) => {
      await world.install(other.tar);
      await expectRefused(world, "PACK_MISMATCH");
    });
  });

  it("is not ok when the pack does not say how old evidence may be", async () => {
    for (const text of ["", '{"max_evidence_age_seconds": "900"}', '{"max_evidence_age_seconds": -1}']) {
      const pack = await compileContract(1, { "data/config/readiness/data.json": text });
      await withWorld(async (world) => {
        await world.install(pack.tar);
        await expectRefused(world, "readiness_limit_invalid");
      });
    }
  });

  it("is not ok when the pack brings no schema of the input", async () => {
    const pack = await compileContract(1, {
      "opa/schemas/cos/promotion/input.json": "",
      "opa/cos/promotion/promotion.rego": ODD_REGO,
    });
    await withWorld(async (world) => {
      await world.install(pack.tar);
      await expectRefused(world, "input_schema_missing");
    });
  });
});

describe("evidenceOk when the policy does not simply say yes", () => {
  const CASES: readonly (readonly [string, string, string])[] = [
    ["says neither yes nor no", "9m", "DECISION_UNDEFINED"],
    ["answers a text", "2m", "DECISION_UNDEFINED"],
    ["contradicts itself", "3m", "EVALUATION_FAILED"],
    ["says no without a reason", "4m", "policy_denied"],
    ["says yes and cannot say why", "1m", "DECISION_UNDEFINED"],
    ["says yes and gives reasons that are none", "5m", "DECISION_UNDEFINED"],
  ];

  it.each(CASES)("is not ok when it %s", async (_what, window, code) => {
    await withWorld(async (world) => {
      await world.install(odd.tar);
      world.clock.now = new Date(START.getTime() + 1000);
      world.measure({ snapshot: { service: SERVICE, p95Ms: 1, p99Ms: 1, errorRate: 0, window } });
      const { packDigest } = await expectRefused(world, code);
      expect(packDigest).toBe(odd.digest);
    });
  });
});

describe("evidenceOk when the evidence store fails", () => {
  it("is not ok", async () => {
    await withWorld(async (world) => {
      const database = new DatabaseSync(world.config.store);
      database.exec("DROP TABLE evidence");
      database.close();
      expect(await expectRefused(world, "STORE_FAILED")).toMatchObject({ snapshot: null, packDigest: first.digest });
    });
  });
});
