import { describe, expect, it } from "@jest/globals";
import { createInstance, jsonText, recordInstance } from "@policy-pack/evaluate";
import { digestOf, EvaluationError } from "@policy-pack/pack";

import { callbackSink, createDecisionLog } from "../src/index.ts";
import type { LogSink } from "../src/index.ts";
import { answer, compileMask, loadMask, NOW_MS, openLog, POLICY, record, undefinedDecision } from "./support/log.ts";

const failingSink = (): LogSink =>
  callbackSink(() => {
    throw new Error("full");
  });

describe("createDecisionLog", () => {
  it("throws without sinks, for a cap out of range, and for a mask that masks nothing", async () => {
    await expect(createDecisionLog({ sinks: [] })).rejects.toThrow(TypeError);
    for (const maxRecordBytes of [0, 1.5, 2 ** 40]) {
      await expect(openLog({ maxRecordBytes })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    }
    const other = await loadMask("@other := 1");
    await expect(openLog({ mask: other })).rejects.toThrow(TypeError);
  });

  it("closes the sinks that were opened when one cannot be", async () => {
    let closed = 0;
    const first = {
      ...callbackSink(() => undefined),
      close: async () => {
        closed += 1;
        await Promise.resolve();
      },
    };
    const second = { ...callbackSink(() => undefined), open: () => Promise.reject(new Error("no")) };
    await expect(openLog({ sinks: [first, second] })).rejects.toThrow("no");
    expect(closed).toBe(1);
  });
});

describe("a record", () => {
  it("holds what OPA's decision events hold, and the pack's digest", async () => {
    const { log, records } = await openLog({ labels: { id: "a", version: "1" } });
    const context = { requestedBy: "10.0.0.1:5", traceId: "t", spanId: "s" };
    const pending = log.begin({ input: { b: 2n ** 64n, a: [] }, entrypoint: "t/allow", policy: POLICY, context });
    pending.end(answer({ x: false }), { kind: "evaluation", nanoseconds: 5 });
    const { chain, ...rest } = records()[0] ?? {};
    expect(chain).toMatchObject({ sequence: 0, previous: null });
    expect(rest).toEqual({
      bundles: { "policy-pack": { revision: "7" } },
      decision_id: "id-0",
      input: { a: [], b: Number(2n ** 64n) },
      labels: { id: "a", version: "1" },
      metrics: { timer_rego_query_eval_ns: 5 },
      pack_digest: POLICY.digest,
      path: "t/allow",
      requested_by: "10.0.0.1:5",
      result: { x: false },
      span_id: "s",
      timestamp: new Date(NOW_MS).toISOString(),
      trace_id: "t",
    });
  });

  it("is one line of canonical JSON with every number as it was", async () => {
    const { log, lines } = await openLog();
    record(log, { input: jsonText('{"n": 12345678901234567890, "m": 1.0}') });
    expect(lines[0]).toContain('"input":{"m":1.0,"n":12345678901234567890}');
    expect(lines[0]).not.toContain("\n");
  });

  it.each([
    ["false", false],
    ["null", null],
    ["zero", 0],
    ["an empty text", ""],
  ])("tells %s from nothing, as input and as result", async (_case, value) => {
    const { log, records } = await openLog();
    record(log, { input: value, outcome: answer(value) });
    record(log, { input: undefined, outcome: undefinedDecision });
    expect(records()[0]).toMatchObject({ input: value, result: value });
    expect(records()[1]).not.toHaveProperty("input");
    expect(records()[1]).not.toHaveProperty("result");
    expect(records()[1]).not.toHaveProperty("error");
  });

  it("of a decision that failed says why", async () => {
    const { log, records } = await openLog();
    record(log, { outcome: { error: new EvaluationError("DEADLINE_EXCEEDED", "too long") } });
    record(log, { outcome: { error: "thrown" } });
    expect(records().map(({ error }) => error)).toEqual([
      { code: "DEADLINE_EXCEEDED", message: "too long" },
      { code: "UNEXPECTED", message: "thrown" },
    ]);
  });

  it("takes the input when it is asked", async () => {
    const { log, records } = await openLog();
    const input = { n: 1 };
    const pending = log.begin({ input, entrypoint: "t/allow", policy: POLICY, context: undefined });
    input.n = 2;
    pending.end(answer(true));
    expect(records()[0]).toMatchObject({ input: { n: 1 } });
  });

  it.each([
    ["cannot be written", { f: () => 1 }],
    ["is too large", { text: "x".repeat(200) }],
    [
      "cannot be read",
      {
        get a(): never {
          throw new Error("secret");
        },
      },
    ],
  ])("says so when its input %s", async (_case, input) => {
    const { log, lines, records } = await openLog({ maxRecordBytes: 100 });
    record(log, { input });
    expect(records()[0]).toMatchObject({ erased: ["/input"], unwritable: expect.any(String), result: true });
    expect(records()[0]).not.toHaveProperty("input");
    expect(lines[0]).not.toContain("secret");
    expect(log.stats().unwritable).toBe(1);
  });

  it("uses the caller's decision id", async () => {
    const { log, records } = await openLog();
    record(log, { context: { decisionId: "mine" } });
    expect(records()[0]).toMatchObject({ decision_id: "mine" });
  });
});

describe("the chain", () => {
  it("names the digest of the line before", async () => {
    const { log, lines, records } = await openLog();
    for (let count = 0; count < 3; count++) record(log);
    const chains = records().map(({ chain }) => chain);
    expect(chains.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(chains.map(({ previous }) => previous)).toEqual([
      null,
      ...lines.slice(0, 2).map((line) => digestOf(Buffer.from(line))),
    ]);
    expect(log.stats().sinks[0]?.head).toMatchObject({ length: 3, digest: digestOf(Buffer.from(lines[2] ?? "")) });
  });

  it("is one of its own for each sink, and tells what is missing before it goes on", async () => {
    let isFull = false;
    const [some, all]: [string[], string[]] = [[], []];
    const partial = callbackSink((line) => {
      if (isFull) throw new Error("full");
      some.push(line);
    });
    const { log } = await openLog({ sinks: [partial, callbackSink((line) => void all.push(line))] });
    record(log);
    isFull = true;
    record(log);
    record(log);
    isFull = false;
    record(log);
    const parsed = some.map((line) => JSON.parse(line) as { dropped?: unknown; chain: { sequence: number } });
    expect(parsed.map(({ dropped }) => dropped)).toEqual([undefined, { sink_failed: 2 }, undefined]);
    expect(parsed.map(({ chain }) => chain.sequence)).toEqual([0, 1, 2]);
    expect(all).toHaveLength(4);
    expect(log.stats().sinks.map(({ dropped }) => dropped)).toEqual([{ sink_failed: 2 }, {}]);
  });

  it("tells what is missing at the latest when the log is closed", async () => {
    const { log, records } = await openLog({ mask: await loadMask("@drop if true") });
    record(log);
    record(log);
    expect(records()).toEqual([]);
    await log.close();
    expect(records()).toMatchObject([{ dropped: { drop_rule: 2 } }]);
  });
});

describe("required", () => {
  it("lets no decision stand that is not recorded", async () => {
    const { log } = await openLog({ sinks: [failingSink()], required: true });
    expect(() => {
      record(log);
    }).toThrow(expect.objectContaining({ name: "EvaluationError", code: "DECISION_LOG_FAILED" }));
    await log.close();
    expect(() => log.begin({ input: 1, entrypoint: "t/allow", policy: POLICY, context: undefined })).toThrow(
      expect.objectContaining({ code: "DECISION_LOG_FAILED" }),
    );
  });

  it("unless set changes no decision", async () => {
    const { log } = await openLog({ sinks: [failingSink()] });
    record(log);
    await log.close();
    record(log);
    expect(log.stats().sinks[0]?.dropped).toEqual({ sink_failed: 1, closed: 1 });
  });

  it("is met by a record that a rule dropped", async () => {
    const { log } = await openLog({ mask: await loadMask("@drop if true"), required: true });
    expect(() => {
      record(log);
    }).not.toThrow();
  });
});

describe("recordInstance", () => {
  it("records what an instance answers and refuses, and how long it took", async () => {
    const contents = await compileMask("@allow if input.n > 1");
    const instance = await createInstance(contents);
    const { log, records } = await openLog();
    const { digest, revision } = contents;
    const recorded = recordInstance(instance, log, { digest, revision, packId: "p-v0" });
    expect(recorded.entrypoints).toEqual(instance.entrypoints);
    const decision = recorded.decide({ n: 2 }, "system/log/allow", { requestedBy: "me" });
    expect(decision).toEqual({ ...instance.decide({ n: 2 }, "system/log/allow"), decisionId: "id-0" });
    expect(() => recorded.decide({ n: () => 1 }, "system/log/allow")).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID" }),
    );
    const outcomes = recorded.decideMany([
      { input: { n: 3 }, entrypoint: "system/log/allow" },
      { input: {}, entrypoint: "no" },
    ]);
    expect(outcomes).toMatchObject([{ decision: { value: true } }, { error: { code: "ENTRYPOINT_UNKNOWN" } }]);
    expect(records()).toMatchObject([
      {
        result: true,
        requested_by: "me",
        bundles: { "p-v0": { revision } },
        pack_digest: digest,
        metrics: { timer_rego_query_eval_ns: expect.any(Number) },
      },
      { error: { code: "INPUT_INVALID" }, erased: ["/input"] },
      { result: true, input: { n: 3 } },
      { path: "no", error: { code: "ENTRYPOINT_UNKNOWN" } },
    ]);
  });

  it("answers nothing when the record is required and fails", async () => {
    const contents = await compileMask("@allow if input.n > 1");
    const { log } = await openLog({ sinks: [failingSink()], required: true });
    const recorded = recordInstance(await createInstance(contents), log, contents);
    expect(() => recorded.decide({ n: 2 }, "system/log/allow")).toThrow(
      expect.objectContaining({ code: "DECISION_LOG_FAILED" }),
    );
  });
});
