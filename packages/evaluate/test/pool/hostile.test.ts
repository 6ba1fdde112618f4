import { describe, expect, it } from "@jest/globals";

import type { Question } from "../../src/index.ts";
import { ENDLESS, usePool } from "./open-pool.ts";

const { open } = usePool();

describe("decide", () => {
  it.each([
    ["a clock", { now: () => 1n }],
    ["a number of nanoseconds", { now: 1 }],
    ["an object as seed", { seed: {} }],
  ])("with %s rejects with a TypeError, and harms nobody", async (_case, options) => {
    const pool = await open({ size: 1 });
    await expect(pool.decide({ n: 2 }, "t/allow", options as never)).rejects.toMatchObject({ name: "TypeError" });
    expect((await pool.decide({ n: 2 }, "t/allow")).value).toBe(true);
  });

  it("takes an input as it is also when a property of it asks the pool", async () => {
    const pool = await open();
    const inner: Promise<unknown>[] = [];
    const outer = pool.decide(
      {
        a: "outer",
        get b() {
          inner.push(pool.decide({ inner: "x".repeat(40) }, "t/echo"));
          return "outer";
        },
      },
      "t/echo",
    );
    expect((await outer).value).toEqual({ a: "outer", b: "outer" });
    expect(await Promise.all(inner)).toMatchObject([{ value: { inner: "x".repeat(40) } }]);
  });
});

describe("decideMany", () => {
  it("passes on nothing of a question but what is asked", async () => {
    const pool = await open();
    const options = { seed: "s", signal: new AbortController().signal, callback: () => undefined };
    const ask = () => pool.decideMany([{ input: {}, entrypoint: "t/drawn", options }]);
    expect((await ask())[0]?.decision).toEqual((await ask())[0]?.decision);
  });

  it("fails what is no question alone", async () => {
    const pool = await open();
    const outcomes = await pool.decideMany([null as never, { input: { n: 2 }, entrypoint: "t/allow" }]);
    expect(outcomes).toMatchObject([{ error: { name: "TypeError" } }, { decision: { value: true } }]);
    await pool.close({ graceMs: Infinity });
  });

  it("reads an iterable that asks the pool itself", async () => {
    const pool = await open();
    const inner: Promise<unknown>[] = [];
    function* questions(): Generator<Question> {
      for (let n = 0; n < 3; n++) {
        inner.push(pool.decideMany([{ input: n, entrypoint: "t/echo" }]));
        yield { input: n, entrypoint: "t/echo" };
      }
    }
    const outcomes = await pool.decideMany(questions());
    expect(outcomes).toMatchObject([0, 1, 2].map((value) => ({ decision: { value } })));
    expect(await Promise.all(inner)).toMatchObject([0, 1, 2].map((value) => [{ decision: { value } }]));
  });

  it("rejects when the pool is closed before all is read", async () => {
    const pool = await open({ maxQueue: 4 });
    function* questions(): Generator<Question> {
      for (;;) yield { input: {}, entrypoint: "t/echo" };
    }
    const asking = pool.decideMany(questions());
    const closing = pool.close({ graceMs: 0 });
    await expect(asking).rejects.toMatchObject({ code: "INSTANCE_CLOSED" });
    await closing;
  });
});

describe("patchData", () => {
  it("with a path that no thread can be sent rejects with a TypeError", async () => {
    const pool = await open();
    await expect(pool.patchData([() => 1] as never, 1)).rejects.toMatchObject({ name: "TypeError" });
    expect((await pool.decide({}, "t/limit")).value).toBe(7);
  });
});

describe("close", () => {
  it.each([Infinity, 2 ** 31])("with a grace of %s waits for what was asked", async (graceMs) => {
    const pool = await open({ size: 1 });
    const runaway = pool.decide(ENDLESS, "t/endless").catch((error: unknown) => error);
    await pool.close({ graceMs });
    expect(await runaway).toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });
});
