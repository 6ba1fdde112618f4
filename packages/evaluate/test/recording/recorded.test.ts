import { describe, expect, it } from "@jest/globals";

import { createInstance, createPool, recordInstance, recordPool } from "../../src/index.ts";
import type { DecisionRecorder, RecordedQuestion } from "../../src/index.ts";
import { compileRules } from "../support/policy.ts";

const RULES = "@allow if input.n > 1";

interface Told {
  readonly question: RecordedQuestion;
  readonly outcome: unknown;
  readonly kind: string | undefined;
}

function recorder(fail?: Error) {
  const told: Told[] = [];
  const it: DecisionRecorder = {
    begin: (question) => ({
      decisionId: `id-${told.length}`,
      end: (outcome, time) => {
        told.push({ question, outcome, kind: time?.kind });
        if (fail !== undefined) throw fail;
      },
    }),
  };
  return { it, told };
}

describe("recordInstance", () => {
  it("tells of questions that were asked together of an instance that is closed", async () => {
    const contents = await compileRules(RULES);
    const { it: target, told } = recorder();
    const instance = await createInstance(contents);
    const recorded = recordInstance(instance, target, contents);
    instance.close();
    expect(() => recorded.decideMany([{ input: {}, entrypoint: "t/allow" }])).toThrow(
      expect.objectContaining({ code: "INSTANCE_CLOSED" }),
    );
    expect(told).toMatchObject([{ outcome: { error: { code: "INSTANCE_CLOSED" } } }]);
  });

  it("tells of answers and of refusals, with the time that they took", async () => {
    const contents = await compileRules(RULES);
    const { it: target, told } = recorder();
    const recorded = recordInstance(await createInstance(contents), target, contents);
    expect(recorded.decide({ n: 2 }, "t/allow")).toMatchObject({ value: true, decisionId: "id-0" });
    expect(() => recorded.decide({}, "t/allow")).toThrow(expect.objectContaining({ code: "DECISION_UNDEFINED" }));
    expect(told).toMatchObject([
      {
        question: { input: { n: 2 }, entrypoint: "t/allow" },
        outcome: { decision: { value: true } },
        kind: "evaluation",
      },
      { outcome: { error: { code: "DECISION_UNDEFINED" } }, kind: "evaluation" },
    ]);
  });

  it("gives no answer that its recorder refuses", async () => {
    const contents = await compileRules(RULES);
    const refusal = new Error("not recorded");
    const recorded = recordInstance(await createInstance(contents), recorder(refusal).it, contents);
    expect(() => recorded.decide({ n: 2 }, "t/allow")).toThrow(refusal);
  });
});

describe("recordPool", () => {
  it("tells of answers and of refusals, and gives none that its recorder refuses", async () => {
    const contents = await compileRules(RULES);
    const pool = await createPool(contents, { size: 1 });
    try {
      const { it: target, told } = recorder();
      const recorded = recordPool(pool, target, contents);
      expect(await recorded.decide({ n: 2 }, "t/allow", { requestedBy: "me" })).toMatchObject({
        value: true,
        decisionId: "id-0",
      });
      await expect(recorded.decide({}, "t/allow")).rejects.toMatchObject({ code: "DECISION_UNDEFINED" });
      expect(told).toMatchObject([
        { question: { context: { requestedBy: "me" } }, outcome: { decision: { value: true } }, kind: "handling" },
        { outcome: { error: { code: "DECISION_UNDEFINED" } }, kind: "handling" },
      ]);
      const refusal = new Error("not recorded");
      await expect(recordPool(pool, recorder(refusal).it, contents).decide({ n: 2 }, "t/allow")).rejects.toBe(refusal);
    } finally {
      await pool.close();
    }
  });
});
