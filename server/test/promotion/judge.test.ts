import { describe, expect, it } from "@jest/globals";
import { digestOf, EvaluationError, TransportError } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import type { EvidenceRecord } from "../../src/evidence/evidence.ts";
import { Judge } from "../../src/promotion/judge.ts";
import type { JudgeOptions } from "../../src/promotion/judge.ts";
import type { LoadedPack } from "../../src/promotion/running-pack.ts";
import { evidence, RELEASE, SERVICE, START } from "../support/promotion-world.ts";

const DIGEST = digestOf(Buffer.from("a pack"));
const SCHEMA: JsonObject = { type: "object", properties: { snapshot: {}, cost: {} } };

/** What the policy was asked, and what it answers by entrypoint. */
function createPack(answers: Readonly<Record<string, () => JsonValue>>, asked: unknown[] = []): LoadedPack {
  return {
    digest: DIGEST,
    revision: "7",
    instance: {
      decide: (input, entrypoint) => {
        asked.push(input);
        const answer = answers[entrypoint];
        if (answer === undefined) throw new EvaluationError("ENTRYPOINT_UNKNOWN", "There is no such entrypoint.");
        return { value: answer(), revision: "7", digest: DIGEST, builtinErrors: [] };
      },
    },
    inputSchema: () => SCHEMA,
    limits: { maxEvidenceAgeSeconds: 60, minSoakSeconds: undefined, invalid: [] },
  };
}

const YES = { "cos/promotion/ok": () => true, "cos/promotion/reasons": () => [] };

function toRecord(): EvidenceRecord {
  const received = { source: "api", writer: "a test", receivedAt: START.toISOString() } as const;
  return { ...evidence(START), id: digestOf(Buffer.from("evidence")), ...received };
}

function createJudge(change: Partial<JudgeOptions> = {}, logged: unknown[] = []): Judge {
  const log = { warn: (line: unknown) => logged.push(line), error: (line: unknown) => logged.push(line) };
  return new Judge({
    environment: "production",
    services: [SERVICE],
    pack: { load: () => Promise.resolve(createPack(YES)) },
    evidence: { newest: () => toRecord(), environments: () => ["production"] },
    now: () => START,
    log: log,
    ...change,
  });
}

const unavailable = new TransportError("METRICS_UNAVAILABLE", "Prometheus does not answer.");

describe("Judge", () => {
  it("hands the policy nothing but what its schema names", async () => {
    const asked: unknown[] = [];
    const pack = { load: () => Promise.resolve(createPack(YES, asked)) };
    expect((await createJudge({ pack }).judge(SERVICE, RELEASE)).ok).toBe(true);
    const { snapshot, cost } = evidence(START);
    expect(asked).toEqual([
      { snapshot, cost },
      { snapshot, cost },
    ]);
  });

  it("is not ok when Prometheus cannot be asked, though older evidence would do", async () => {
    const { ok, reasons, snapshot } = await createJudge({ pull: () => Promise.reject(unavailable) }).judge(
      SERVICE,
      RELEASE,
    );
    expect([ok, reasons.map(({ code }) => code)]).toEqual([false, ["METRICS_UNAVAILABLE"]]);
    expect(snapshot).toBeDefined();
  });

  it("pulls before it reads", async () => {
    const order: string[] = [];
    const judge = createJudge({
      pull: async () => {
        await Promise.resolve();
        order.push("pull");
      },
      evidence: { newest: (_s, _r, part) => (order.push(part), toRecord()), environments: () => [] },
    });
    await judge.judge(SERVICE, RELEASE);
    expect(order[0]).toBe("pull");
  });

  it("decides by the pack that stands there when the measurements are in", async () => {
    let current = createPack(YES);
    const judge = createJudge({
      pack: { load: () => Promise.resolve(current) },
      pull: async () => {
        await Promise.resolve();
        current = createPack({ ...YES, "cos/promotion/ok": () => false });
      },
    });
    const { ok, reasons } = await judge.judge(SERVICE, RELEASE);
    expect([ok, reasons.map(({ code }) => code)]).toEqual([false, ["policy_denied"]]);
  });

  it("reads the measurements that are there when the pack has been verified", async () => {
    let current = { ...toRecord(), measuredAt: START.toISOString() };
    const judge = createJudge({
      pack: {
        load: async () => {
          await Promise.resolve();
          current = { ...current, measuredAt: new Date(START.getTime() - 61_000).toISOString() };
          return createPack(YES);
        },
      },
      evidence: { newest: () => current, environments: () => [] },
    });
    expect(await judge.judge(SERVICE, RELEASE)).toMatchObject({ ok: false, stale: true });
  });

  it("is not ok with the snapshot of one artifact and the costs of another", async () => {
    const other = { ...toRecord(), artifactDigest: DIGEST };
    const newest = (_service: string, _release: string, part: string): EvidenceRecord =>
      part === "cost" ? other : toRecord();
    const { ok, reasons } = await createJudge({ evidence: { newest, environments: () => [] } }).judge(SERVICE, RELEASE);
    expect([ok, reasons.map(({ kind, code }) => [kind, code])]).toEqual([
      false,
      [["elsewhere", "evidence_other_target"]],
    ]);
  });

  it("asks neither Prometheus nor the store about names that nothing can have", async () => {
    const never = (): never => {
      throw new Error("asked");
    };
    const judge = createJudge({ pull: never, evidence: { newest: never, environments: never } });
    expect((await judge.judge("other", RELEASE)).reasons.map(({ code }) => code)).toEqual(["service_unknown"]);
    expect((await judge.judge(SERVICE, "a b")).reasons.map(({ code }) => code)).toEqual(["release_invalid"]);
  });

  it("tells of an unforeseen failure that there was one, and the log what it was", async () => {
    const logged: unknown[] = [];
    const broken = new Error("/secret/path");
    for (const change of [
      { pack: { load: () => Promise.reject(broken) } },
      {
        evidence: {
          newest: () => {
            throw broken;
          },
          environments: () => [],
        },
      },
      { pull: () => Promise.reject(broken) },
    ] satisfies Partial<JudgeOptions>[]) {
      const { ok, reasons } = await createJudge(change, logged).judge(SERVICE, RELEASE);
      expect([ok, reasons.map(({ code }) => code)]).toEqual([false, ["UNEXPECTED"]]);
      expect(JSON.stringify(reasons)).not.toContain("secret");
    }
    expect(logged).toHaveLength(3);
  });

  it("is not ok when the policy says yes and has a reason against it", async () => {
    const reasons = (): JsonValue => [{ code: "late", message: "too\u001b[2J late\nok" }];
    const pack = { load: () => Promise.resolve(createPack({ ...YES, "cos/promotion/reasons": reasons })) };
    const judgement = await createJudge({ pack }).judge(SERVICE, RELEASE);
    expect([judgement.ok, judgement.reasons]).toEqual([
      false,
      [{ kind: "policy", code: "late", message: "too [2J late ok" }],
    ]);
  });

  it.each(["cos/promotion/ok", "cos/promotion/reasons"])("is not ok without the entrypoint %s", async (name) => {
    const answers = Object.fromEntries(Object.entries(YES).filter(([entrypoint]) => entrypoint !== name));
    const pack = { load: () => Promise.resolve(createPack(answers)) };
    const { ok, reasons } = await createJudge({ pack }).judge(SERVICE, RELEASE);
    expect([ok, reasons.map(({ code }) => code)]).toEqual([false, ["ENTRYPOINT_UNKNOWN"]]);
  });

  it.each([1, "true", null, {}, [], [true]])("does not take %j for yes", async (value) => {
    const pack = { load: () => Promise.resolve(createPack({ ...YES, "cos/promotion/ok": () => value as JsonValue })) };
    const { ok, reasons } = await createJudge({ pack }).judge(SERVICE, RELEASE);
    expect([ok, reasons.map(({ code }) => code)]).toEqual([false, ["DECISION_UNDEFINED"]]);
  });
});
