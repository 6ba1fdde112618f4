import { describe, expect, it } from "@jest/globals";

import { createInstance } from "../../src/index.ts";
import type { DecisionOutcome, DecisionPool, Question } from "../../src/index.ts";
import { ENDLESS, usePool } from "./open-pool.ts";

const { contents, open } = usePool();

describe("back-pressure", () => {
  it("refuses what does not fit into the queue, and takes more when there is room again", async () => {
    const pool = await open({ size: 1, maxQueue: 10 });
    const asked = Array.from({ length: 15 }, () => pool.decide({ n: 2 }, "t/allow"));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: "POOL_SATURATED", retryable: true, httpStatus: 503 } });
    expect(pool.stats().saturated).toBe(5);
    expect((await pool.decide({ n: 2 }, "t/allow")).value).toBe(true);
  });

  it("counts the bytes of what waits", async () => {
    const pool = await open({ size: 1, maxQueueBytes: 1000 });
    const large = { text: "x".repeat(600) };
    const outcomes = await Promise.allSettled([pool.decide(large, "t/echo"), pool.decide(large, "t/echo")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(pool.stats().waitingBytes).toBe(0);
  });

  it("answers thousands that wait", async () => {
    const pool = await open();
    const asked = Array.from({ length: 8000 }, (_, n) => pool.decide({ n }, "t/echo"));
    const answers = await Promise.all(asked);
    expect(answers.map(({ value }) => (value as { n: number }).n)).toEqual(asked.map((_, n) => n));
  });
});

describe("AbortSignal", () => {
  it("rejects with the signal's reason, before and while it waits", async () => {
    const pool = await open({ size: 1 });
    const reason = new Error("enough");
    await expect(pool.decide({}, "t/echo", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = pool.decide({}, "t/echo", { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(pool.stats()).toMatchObject({ aborted: 1, waiting: 0, waitingBytes: 0 });
  });

  it("in a storm frees the queue and leaves all others alone", async () => {
    const pool = await open({ size: 1, maxQueue: 100 });
    const kept = Array.from({ length: 50 }, (_, n) => pool.decide({ n }, "t/echo"));
    for (let round = 0; round < 5000; round++) {
      const controller = new AbortController();
      const given = pool.decide({ n: -1 }, "t/echo", { signal: controller.signal });
      controller.abort();
      await expect(given).rejects.toMatchObject({ name: "AbortError" });
    }
    expect((await Promise.all(kept)).map(({ value }) => value)).toEqual(kept.map((_, n) => ({ n })));
    expect(pool.stats()).toMatchObject({ aborted: 5000, saturated: 0, waiting: 0 });
  });

  it("given up while it runs stops nobody's worker", async () => {
    const pool = await open({ size: 1, deadlineMs: 60_000 });
    const controller = new AbortController();
    const given = pool.decide({ n: 300 }, "t/bomb", { signal: controller.signal });
    const next = pool.decide({ n: 2 }, "t/allow");
    setImmediate(() => {
      controller.abort();
    });
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
    expect((await next).value).toBe(true);
    expect(pool.stats()).toMatchObject({ crashes: 0, deadlines: 0 });
  });
});

describe("decideMany", () => {
  it("answers in order, and leaves those that fail to themselves", async () => {
    const pool = await open();
    const outcomes = await pool.decideMany([
      { input: { n: 2 }, entrypoint: "t/allow" },
      { input: {}, entrypoint: "t/noinput" },
      { input: { n: 1n }, entrypoint: "t/other" },
      { input: { n: 1 }, entrypoint: "t/echo" },
    ]);
    expect(outcomes).toMatchObject([
      { decision: { value: true } },
      { error: { code: "DECISION_UNDEFINED" } },
      { error: { code: "ENTRYPOINT_UNKNOWN" } },
      { decision: { value: { n: 1 } } },
    ]);
  });

  it("answers as an instance does, whatever the answers are", async () => {
    const shared = { n: 7 };
    const inputs: unknown[] = [
      { n: 2 ** 62 },
      shared,
      shared,
      undefined,
      { n: [1n, 2n ** 63n + 1n, 0.5] },
      { n: 1 },
      shared,
    ];
    inputs.push(
      { __proto__x: null, text: "\ud83d\ude00 <&>" },
      JSON.parse('{"__proto__":{"n":1}}'),
      { n: 1e300 },
      [],
      "",
    );
    inputs.push({ at: "no time" }, { one: 1, two: 1 }, Buffer.from("{"), { n: () => 1 });
    const entrypoints = ["t/allow", "t/echo", "t/guarded", "t/noinput", "t/twice", "t/other"];
    const questions = inputs.flatMap((input) => entrypoints.map((entrypoint) => ({ input, entrypoint })));
    const instance = await createInstance(contents());
    const said = (outcomes: readonly DecisionOutcome[]) =>
      outcomes.map(({ decision, error }) => decision ?? [error.name, error.message]);
    const expected = said(instance.decideMany(questions));
    const pool = await open();
    expect(said(await pool.decideMany(questions))).toEqual(expected);
    for (const question of questions) questions.push(...(questions.length < 2000 ? [question] : []));
    expect(said(await pool.decideMany(questions))).toEqual(said(instance.decideMany(questions)));
  });

  it("takes an input that is the same as the one before once", async () => {
    let reads = 0;
    const input = {
      get n() {
        reads += 1;
        return 2;
      },
    };
    const entrypoints = ["t/allow", "t/echo", "t/allow"];
    const outcomes = await (await open()).decideMany(entrypoints.map((entrypoint) => ({ input, entrypoint })));
    expect(outcomes.map(({ decision }) => decision?.value)).toEqual([true, { n: 2 }, true]);
    expect(reads).toBe(1);
  });

  it("reads more questions than the queue holds as there is room", async () => {
    const pool = await open({ maxQueue: 64 });
    let [read, most] = [0, 0];
    function* questions(): Generator<Question> {
      for (let n = 0; n < 5000; n++) {
        read += 1;
        most = Math.max(most, pool.stats().waiting);
        yield { input: { n }, entrypoint: "t/echo" };
      }
    }
    const asking = pool.decideMany(questions());
    expect(read).toBeLessThan(100);
    const outcomes = await asking;
    expect(outcomes.map(({ decision }) => (decision?.value as { n: number }).n)).toEqual(outcomes.map((_, n) => n));
    expect([read, most <= 64, pool.stats().saturated]).toEqual([5000, true, 0]);
  });

  it.each([256, 600])("answers %d questions that are all refused, on a pool with nothing else to do", async (count) => {
    const pool = await open();
    await pool.decide({ n: 2 }, "t/allow");
    const refused = Array.from({ length: count }, () => ({ input: { n: Number.NaN }, entrypoint: "t/allow" }));
    const outcomes = await pool.decideMany(refused);
    expect(outcomes.filter(({ error }) => error?.message.includes("NaN") === true)).toHaveLength(count);
    const last = await pool.decideMany([...refused, { input: { n: 2 }, entrypoint: "t/allow" }]);
    expect(last.at(-1)?.decision?.value).toBe(true);
  });

  it("answers for a question that cannot be read, whatever it throws, and takes data afterwards", async () => {
    const pool = await open();
    const thrown: unknown = "no error";
    const unreadable: Question = {
      input: {},
      get entrypoint(): string {
        throw thrown;
      },
    };
    const [outcome] = await pool.decideMany([unreadable]);
    expect(outcome?.error?.message).toContain("no error");
    await pool.setData({ limits: { max: 8 } });
    expect((await pool.decide({}, "t/limit")).value).toBe(8);
  });

  it("answers a question whose input changes the data as it is read", async () => {
    const pool = await open();
    const others: Promise<unknown>[] = [];
    const input = {
      get n() {
        others.push(pool.setData({ limits: { max: 9 } }));
        for (let n = 0; n < 200; n++) others.push(pool.decide({ n }, "t/echo"));
        return 2;
      },
    };
    expect((await pool.decide(input, "t/allow")).value).toBe(true);
    await Promise.all(others);
  });

  it("with no questions returns none", async () => {
    expect(await (await open()).decideMany([])).toEqual([]);
  });

  it("rejects with what the iterable throws", async () => {
    const reason = new Error("no more");
    const throwing: Iterable<Question> = {
      [Symbol.iterator]: () => ({
        next: () => {
          throw reason;
        },
      }),
    };
    await expect((await open()).decideMany(throwing)).rejects.toBe(reason);
  });
});

describe("setData and patchData", () => {
  const max = (pool: DecisionPool) => pool.decide({}, "t/limit").then(({ value }) => value);

  it("hold for what is asked afterwards, and for nothing that was asked before", async () => {
    const pool = await open();
    const answers: Promise<unknown>[] = [];
    const updates: Promise<void>[] = [];
    for (let round = 0; round < 30; round++) {
      for (let count = 0; count < 20; count++) answers.push(max(pool));
      updates.push(pool.setData({ limits: { max: round } }));
    }
    await Promise.all(updates);
    const expected = Array.from({ length: 30 }, (_, round) =>
      Array.from({ length: 20 }, () => (round === 0 ? 7 : round - 1)),
    );
    expect(await Promise.all(answers)).toEqual(expected.flat());
    expect(await max(pool)).toBe(29);
  });

  it("reach the worker that replaces one, in the version of what it was asked", async () => {
    const pool = await open({ size: 1 });
    const before = max(pool);
    const runaway = pool.decide(ENDLESS, "t/endless").catch((error: unknown) => error);
    const between = max(pool);
    const updates = [pool.setData({ limits: { max: 1 } }), pool.patchData(["limits"], { max: 2n ** 63n + 1n })];
    const after = max(pool);
    expect(await runaway).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(await Promise.all([before, between, after])).toEqual([7, 7, 2n ** 63n + 1n]);
    await Promise.all(updates);
    await pool.decide(ENDLESS, "t/endless").catch(() => undefined);
    expect(await max(pool)).toBe(2n ** 63n + 1n);
  });

  it("take nothing of an update that is refused", async () => {
    const pool = await open({ limits: { maxMemoryBytes: 8 * 1024 * 1024 } });
    await expect(pool.setData([])).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await expect(pool.setData(Buffer.from("{"))).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await expect(pool.patchData(["limits", "max", "deeper"], 1)).rejects.toMatchObject({ code: "INPUT_INVALID" });
    const large = { limits: { max: Array.from({ length: 300_000 }, (_, index) => index) } };
    await expect(pool.setData(large)).rejects.toMatchObject({ code: "MEMORY_EXCEEDED" });
    expect(await Promise.all([max(pool), max(pool), max(pool)])).toEqual([7, 7, 7]);
    expect(pool.stats().workers).toBe(2);
  });

  it("remove what stands at a path", async () => {
    const pool = await open();
    await pool.patchData(["limits", "max"], undefined);
    await expect(max(pool)).rejects.toMatchObject({ code: "DECISION_UNDEFINED" });
  });

  it("refuse more updates at once than are kept", async () => {
    const pool = await open();
    const updates = Array.from({ length: 100 }, (_, value) => pool.patchData(["limits", "max"], value));
    const outcomes = await Promise.allSettled(updates);
    expect(outcomes.at(-1)).toMatchObject({ status: "rejected", reason: { code: "POOL_SATURATED" } });
    expect(await max(pool)).toBe(outcomes.filter(({ status }) => status === "fulfilled").length - 1);
  });
});
