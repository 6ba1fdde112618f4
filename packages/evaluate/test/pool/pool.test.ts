import { describe, expect, it } from "@jest/globals";

import { createInstance, createPool, jsonText } from "../../src/index.ts";
import { ENDLESS, usePool } from "./open-pool.ts";

const fixture = usePool();
const { open } = fixture;

describe("createPool", () => {
  it("returns a pool with the sorted entrypoints and as many ready workers as asked for", async () => {
    const pool = await open({ size: 3 });
    expect(pool.entrypoints).toEqual(fixture.contents().entrypoints.toSorted());
    expect(pool.stats()).toMatchObject({ workers: 3, ready: 3, waiting: 0, running: 0 });
  });

  it.each([
    ["size", 0],
    ["size", 1.5],
    ["deadlineMs", 0],
    ["maxQueue", -1],
    ["maxQueueBytes", Number.NaN],
    ["loadTimeoutMs", Infinity],
    ["maxHeapBytes", 1024],
  ])("throws CONFIG_INVALID for %s of %d", async (name, value) => {
    await expect(open({ [name]: value })).rejects.toMatchObject({ name: "ConfigError", code: "CONFIG_INVALID" });
  });

  it.each([
    ["what is no module", { wasm: Buffer.from("no module") }, "WASM_INVALID"],
    ["entrypoints that the module has not", { entrypoints: ["t/allow"] }, "WASM_INVALID"],
    ["data that is no object", { dataJson: Buffer.from("[1]") }, "INPUT_INVALID"],
  ])("throws the worker's own error for %s", async (_case, change, code) => {
    await expect(createPool({ ...fixture.contents(), ...change }, { size: 2 })).rejects.toMatchObject({ code });
  });
});

describe("decide", () => {
  it("answers as an instance does", async () => {
    const pool = await open();
    const instance = await createInstance(fixture.contents());
    const inputs = [{ n: 2 }, { n: 1 }, false, 0, "", null, [1, "ä", { a: 1.5 }], 2n ** 63n + 1n];
    for (const input of inputs) {
      expect(await pool.decide(input, "t/echo")).toEqual(instance.decide(input, "t/echo"));
    }
    expect(await pool.decide({ n: 2 }, "t/allow")).toEqual(instance.decide({ n: 2 }, "t/allow"));
    expect(await pool.decide({ at: "?" }, "t/guarded")).toEqual(instance.decide({ at: "?" }, "t/guarded"));
  });

  it("takes JSON as bytes or text, and no input at all", async () => {
    const pool = await open();
    expect((await pool.decide(Buffer.from('{"n": 2}'), "t/allow")).value).toBe(true);
    expect((await pool.decide(jsonText('{"n": 2}'), "t/allow")).value).toBe(true);
    expect((await pool.decide(undefined, "t/noinput")).value).toBe(true);
  });

  it("takes the input when it is called", async () => {
    const pool = await open();
    const [object, bytes] = [{ n: 2 }, Buffer.from('{"n":2}')];
    const decisions = [pool.decide(object, "t/allow"), pool.decide(bytes, "t/allow")];
    object.n = 0;
    bytes.fill(0x20);
    expect((await Promise.all(decisions)).map(({ value }) => value)).toEqual([true, true]);
  });

  it("answers the same for the same time and seed, whichever worker decides", async () => {
    const pool = await open();
    const options = { now: 5n, seed: "s" };
    const [drawn] = await Promise.all([pool.decide({}, "t/drawn", options), pool.decide({}, "t/now", options)]);
    const again = await Promise.all(Array.from({ length: 40 }, () => pool.decide({}, "t/drawn", options)));
    expect(new Set(again.map(({ value }) => value))).toEqual(new Set([drawn.value]));
    expect((await pool.decide({}, "t/now", options)).value).toBe(5);
  });

  it.each([
    ["an unknown entrypoint", {}, "t/other", "EvaluationError", "ENTRYPOINT_UNKNOWN"],
    ["an undefined decision", {}, "t/noinput", "EvaluationError", "DECISION_UNDEFINED"],
    ["two values of one rule", { one: true, two: true }, "t/twice", "EvaluationError", "EVALUATION_FAILED"],
    ["what JSON cannot carry", { n: () => 1 }, "t/allow", "FormatError", "INPUT_INVALID"],
    ["bytes that are no JSON", Buffer.from("{"), "t/allow", "FormatError", "INPUT_INVALID"],
    ["no bytes", Buffer.alloc(0), "t/allow", "FormatError", "INPUT_INVALID"],
  ])("rejects %s, and answers on", async (_case, input, entrypoint, name, code) => {
    const pool = await open();
    const [refused, answered] = await Promise.allSettled([
      pool.decide(input, entrypoint),
      pool.decide({ n: 2 }, "t/allow"),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: { name, code } });
    expect(answered).toMatchObject({ status: "fulfilled", value: { value: true } });
  });

  it("rejects an entrypoint that is no string", async () => {
    const pool = await open();
    await expect(pool.decide({}, 7 as unknown as string)).rejects.toThrow(TypeError);
  });

  it("rejects an input over its limit", async () => {
    const pool = await open({ limits: { maxInputBytes: 10 } });
    for (const input of [{ text: "0123456789" }, Buffer.from('"0123456789"'), jsonText('"0123456789"')]) {
      await expect(pool.decide(input, "t/echo")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }
    const large = Buffer.from(`[${"1,".repeat(100_000)}1]`);
    const { value } = await (await open()).decide(large, "t/echo");
    expect(value).toHaveLength(100_001);
  });
});

describe("a policy that runs away", () => {
  it("is stopped at its deadline, and all that was asked with it is answered", async () => {
    const pool = await open();
    const before = Array.from({ length: 300 }, (_, n) => pool.decide({ n }, "t/allow"));
    const runaway = pool.decide(ENDLESS, "t/endless");
    const after = Array.from({ length: 300 }, (_, n) => pool.decide({ n }, "t/allow"));
    await expect(runaway).rejects.toMatchObject({ name: "EvaluationError", code: "DEADLINE_EXCEEDED" });
    const values = (await Promise.all([...before, ...after])).map(({ value }) => value);
    expect(values.filter((value) => value === true)).toHaveLength(2 * 298);
    expect(pool.stats()).toMatchObject({ deadlines: 1, crashes: 0, workers: 2, waiting: 0 });
  });

  it("holds up neither those behind it on the same worker nor the other workers", async () => {
    const pool = await open({ deadlineMs: 60_000 });
    const runaway = pool.decide(ENDLESS, "t/endless").catch((error: unknown) => error);
    const outcomes = await Promise.all(Array.from({ length: 500 }, (_, n) => pool.decide({ n: n + 2 }, "t/allow")));
    expect(outcomes.every(({ value }) => value === true)).toBe(true);
    await pool.close({ graceMs: 0 });
    expect(await runaway).toMatchObject({ code: "INSTANCE_CLOSED" });
  });

  it("leaves a pool that decides on when every worker was stopped, time and again", async () => {
    const pool = await open({ deadlineMs: 100 });
    const runaways = Array.from({ length: 6 }, () => pool.decide(ENDLESS, "t/endless"));
    const stopped = { status: "rejected", reason: { code: "DEADLINE_EXCEEDED" } };
    expect(await Promise.allSettled(runaways)).toMatchObject(runaways.map(() => stopped));
    expect((await pool.decide({ n: 2 }, "t/allow")).value).toBe(true);
    expect(pool.stats().deadlines).toBe(6);
  });

  it("gets no more of the module's memory than it may have", async () => {
    const pool = await open({ limits: { maxMemoryBytes: 4 * 1024 * 1024 }, deadlineMs: 60_000 });
    await expect(pool.decide({ n: 5000 }, "t/bomb")).rejects.toMatchObject({ code: "MEMORY_EXCEEDED" });
    expect((await pool.decide({ n: 3 }, "t/bomb")).value).toBe(9);
  });
});

describe("close", () => {
  it("lets what was asked be decided, and refuses what is asked then", async () => {
    const pool = await open();
    const asked = Array.from({ length: 1000 }, () => pool.decide({ n: 2 }, "t/allow"));
    const many = pool.decideMany(Array.from({ length: 3000 }, () => ({ input: { n: 2 }, entrypoint: "t/allow" })));
    const closed = pool.close();
    await expect(pool.decide({ n: 2 }, "t/allow")).rejects.toMatchObject({ code: "INSTANCE_CLOSED" });
    await expect(pool.decideMany([])).rejects.toMatchObject({ code: "INSTANCE_CLOSED" });
    await expect(pool.setData({})).rejects.toMatchObject({ code: "INSTANCE_CLOSED" });
    await closed;
    expect((await Promise.all(asked)).every(({ value }) => value === true)).toBe(true);
    expect((await many).every(({ decision }) => decision?.value === true)).toBe(true);
    expect(pool.stats()).toMatchObject({ workers: 0, waiting: 0, running: 0 });
  });

  it("stops what is still at it when the grace is over", async () => {
    const pool = await open({ deadlineMs: 60_000 });
    const asked = [1, 2, 3].map(() => pool.decide(ENDLESS, "t/endless"));
    const update = pool.setData({});
    const many = pool.decideMany([{ input: ENDLESS, entrypoint: "t/endless" }]);
    const outcomes = Promise.allSettled([...asked, update]);
    await Promise.all([pool.close({ graceMs: 5 }), pool.close()]);
    const refused = { status: "rejected", reason: { code: "INSTANCE_CLOSED" } };
    expect(await outcomes).toMatchObject([refused, refused, refused, refused]);
    expect(await many).toMatchObject([{ error: { code: "INSTANCE_CLOSED" } }]);
  });
});
