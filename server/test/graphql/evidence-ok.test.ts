import { beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { CompiledPack } from "@policy-pack/testkit";
import { codesOf, expectNotOk, readEvidenceOk, withWorld } from "../support/evidence-ok.ts";
import { compileContract, ODD_REGO, SERVICE, START, STRICT_DATA } from "../support/promotion-world.ts";

let first: CompiledPack;
let second: CompiledPack;
let odd: CompiledPack;

beforeAll(async () => {
  first = await compileContract(1);
  second = await compileContract(2, STRICT_DATA);
  odd = await compileContract(1, { "opa/cos/promotion/promotion.rego": ODD_REGO });
});

describe("evidenceOk of whole and current evidence", () => {
  it("is what the verified pack says, with what it was decided on", async () => {
    await withWorld(first.tar, async (world) => {
      expect(readEvidenceOk(await world.evidenceOk())).toEqual({
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
    await withWorld(first.tar, async (world) => {
      world.clock.now = new Date(START.getTime() + 1000);
      world.measure({
        snapshot: { service: SERVICE, p95Ms: 351, p99Ms: 480, errorRate: 0.021, window: "30m" },
      });
      const { missing, stale } = await expectNotOk(world, "error_rate_exceeded", "read_p95_exceeded");
      expect([missing, stale]).toEqual([[], false]);
    });
  });

  it("follows the pack that is put there while it runs", async () => {
    await withWorld(first.tar, async (world) => {
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
      await world.install(second.tar);
      const { packDigest, revision } = await expectNotOk(world, "read_p95_exceeded");
      expect([packDigest, revision]).toEqual([second.digest, "2"]);
    });
  });
});

describe("evidenceOk of evidence that is not whole and current", () => {
  it("is not ok without any", async () => {
    await withWorld(first.tar, async (world) => {
      const answer = readEvidenceOk(await world.evidenceOk({ releaseId: "unheard-of" }));
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
    await withWorld(first.tar, async (world) => {
      world.measureWithoutCost({ releaseId: "no-cost" });
      const answer = readEvidenceOk(await world.evidenceOk({ releaseId: "no-cost" }));
      expect(answer.ok).toBe(false);
      expect(codesOf(answer)[0]).toBe("evidence_incomplete");
      expect(answer.missing).toEqual(["cost.graphqlPerMillionUsd", "cost.ingestPerThousandUsd"]);
    });
  });

  it("is not ok a second after the age that the pack believes, and ok at it", async () => {
    await withWorld(first.tar, async (world) => {
      world.clock.now = new Date(START.getTime() + 900_000);
      expect(readEvidenceOk(await world.evidenceOk()).ok).toBe(true);
      world.clock.now = new Date(START.getTime() + 901_000);
      const { stale } = await expectNotOk(world, "evidence_stale", "evidence_stale");
      expect(stale).toBe(true);
    });
  });

  it("is not ok when its costs alone are stale", async () => {
    await withWorld(first.tar, async (world) => {
      world.clock.now = new Date(START.getTime() + 901_000);
      world.measureWithoutCost();
      await expectNotOk(world, "evidence_stale");
    });
  });

  it("is not ok when it was measured after the server's clock", async () => {
    await withWorld(first.tar, async (world) => {
      world.clock.now = new Date(START.getTime() - 3_600_000);
      await expectNotOk(world, "evidence_stale", "evidence_stale");
    });
  });

  it("is not ok when it is from another environment alone", async () => {
    await withWorld(first.tar, async (world) => {
      world.measure({ releaseId: "staged", environment: "staging" });
      const answer = readEvidenceOk(await world.evidenceOk({ releaseId: "staged" }));
      expect([answer.ok, codesOf(answer), answer.snapshot]).toEqual([false, ["evidence_other_environment"], null]);
    });
  });

  it("is not ok for a service that nobody configured, or a release that cannot be one", async () => {
    await withWorld(first.tar, async (world) => {
      const unknown = readEvidenceOk(await world.evidenceOk({ service: "unheard-of" }));
      expect([unknown.ok, codesOf(unknown)]).toEqual([false, ["service_unknown"]]);
      for (const releaseId of ["", "../x", "__proto__", "x".repeat(129), "a b", "é"]) {
        const answer = readEvidenceOk(await world.evidenceOk({ releaseId }));
        expect([answer.ok, codesOf(answer)]).toEqual([false, ["release_invalid"]]);
      }
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
    await withWorld(first.tar, async (world) => {
      await world.install(odd.tar);
      world.clock.now = new Date(START.getTime() + 1000);
      world.measure({ snapshot: { service: SERVICE, p95Ms: 1, p99Ms: 1, errorRate: 0, window } });
      const { packDigest } = await expectNotOk(world, code);
      expect(packDigest).toBe(odd.digest);
    });
  });
});

describe("evidenceOk when the evidence store fails", () => {
  it("is not ok", async () => {
    await withWorld(first.tar, async (world) => {
      const database = new DatabaseSync(world.config.store);
      database.exec("DROP TABLE evidence");
      database.close();
      expect(await expectNotOk(world, "STORE_FAILED")).toMatchObject({ snapshot: null, packDigest: first.digest });
    });
  });
});

describe("the documented question", () => {
  it("is answered as it stands there", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/readiness.md"), "utf8");
    const body = / -d '([^']+)'/.exec(page)?.[1] ?? "";
    await withWorld(first.tar, async (world) => {
      const headers = { "content-type": "application/json" };
      const answer = await world.ask("/graphql", { method: "POST", headers, body });
      expect(answer.json()).toEqual({ data: { evidenceOk: { ok: true, reasons: [] } } });
    });
  });
});
