import { setImmediate } from "node:timers/promises";

import { afterEach, describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";

import { DEFAULT_LIMITS } from "../../src/limits.ts";
import type { CompiledPolicy } from "../../src/module/compiled-policy.ts";
import { InputArena } from "../../src/pool/arena.ts";
import { DataKeeper, shareBytes } from "../../src/pool/data-keeper.ts";
import { resolvePoolSettings } from "../../src/pool/options.ts";
import type { PoolOptions } from "../../src/pool/options.ts";
import { HANDING } from "../../src/pool/plan.ts";
import { ThreadPool } from "../../src/pool/thread-pool.ts";

const MIB = 1024 * 1024;
let pool: ThreadPool | undefined;

afterEach(async () => {
  await pool?.close({ graceMs: 0 });
});

/** A pool of workers that fail when they are asked to. */
async function open(options: PoolOptions = {}, revision = "1"): Promise<ThreadPool> {
  const rules = { limits: DEFAULT_LIMITS, refuseNul: false };
  const [digest, entrypoints] = [digestOf(Buffer.from("")), ["allow", "exit", "fill", "hoard", "short", "throw"]];
  pool = new ThreadPool({
    entry: new URL("./fixtures/faulty-worker.ts", import.meta.url),
    settings: resolvePoolSettings({ size: 2, deadlineMs: 60_000, ...options }),
    entrypoints,
    keeper: new DataKeeper(shareBytes(Buffer.from("{}")), rules),
    arena: new InputArena(rules),
    handing: HANDING,
    identity: { digest, revision },
    start: { policy: {} as CompiledPolicy, contents: { digest, revision, entrypoints }, options: {} },
  });
  await pool.whenReady();
  return pool;
}

/** Lets the event loop turn, in which workers come and go. */
async function turnUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

describe("a worker that fails", () => {
  it("because of a whole batch's answers costs none of them", async () => {
    const it = await open({ size: 1, maxHeapBytes: 32 * MIB });
    const asked = Array.from({ length: 64 }, () => it.decide(1, "hoard"));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(64);
    expect(it.stats().memory).toBeGreaterThan(0);
  });

  it("and leaves out an answer is asked no further", async () => {
    const it = await open({ size: 1 });
    const asked = [it.decide(1, "short"), ...Array.from({ length: 20 }, () => it.decide(1, "allow"))];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes[0]).toMatchObject({ status: "rejected", reason: { code: "EVALUATION_FAILED" } });
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
  });

  it.each([
    ["ends", "exit", "EVALUATION_FAILED", { crashes: 1 }],
    ["throws", "throw", "EVALUATION_FAILED", { crashes: 1 }],
    // Once among others, once alone: only then is it known whose it was.
    ["fills its heap", "fill", "MEMORY_EXCEEDED", { memory: 2 }],
  ])("and %s costs one decision, and is replaced", async (_case, entrypoint, code, counts) => {
    const it = await open({ maxHeapBytes: 32 * MIB });
    const others = () => Array.from({ length: 100 }, () => it.decide(1, "allow"));
    const asked = [...others(), it.decide(1, entrypoint), ...others()];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes[100]).toMatchObject({ status: "rejected", reason: { name: "EvaluationError", code } });
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(200);
    expect((await it.decide(1, "allow")).value).toBe(true);
    expect(it.stats()).toMatchObject({ ...counts, workers: 2 });
  });

  it("while it takes an update refuses that for all, and is replaced", async () => {
    const it = await open();
    await expect(it.patchData(["exit"], 1)).rejects.toMatchObject({ code: "EVALUATION_FAILED" });
    await it.patchData(["other"], 1);
    expect((await it.decide(1, "allow")).value).toBe(true);
    expect(it.stats().workers).toBe(2);
  });

  it("and cannot be replaced in three tries is tried for again once others decide", async () => {
    const it = await open({}, "starts fail");
    await expect(it.decide(1, "exit")).rejects.toMatchObject({ code: "EVALUATION_FAILED" });
    // Nobody decides meanwhile: three starts in a row fail.
    await turnUntil(() => it.stats().workers === 1);
    expect((await it.decide(1, "allow")).value).toBe(true);
    await turnUntil(() => it.stats().ready === 2);
    expect(it.stats()).toMatchObject({ workers: 2, crashes: 4 });
  });

  it("before it is ready closes the pool", async () => {
    await expect(open({}, "no start")).rejects.toMatchObject({ code: "EVALUATION_FAILED" });
    await expect(pool?.decide(1, "allow")).rejects.toMatchObject({ code: "EVALUATION_FAILED" });
    expect(pool?.stats().workers).toBe(0);
  });
});
