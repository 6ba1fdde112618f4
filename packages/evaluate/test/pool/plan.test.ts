import { describe, expect, it } from "@jest/globals";

import { DataHistory } from "../../src/pool/data-history.ts";
import { encodeBatch } from "../../src/pool/batch-message.ts";
import { JobQueue } from "../../src/pool/job-queue.ts";
import { HANDING, ONE_BY_ONE, planFor } from "../../src/pool/plan.ts";
import { NO_INPUT } from "../../src/pool/protocol.ts";
import { job } from "./jobs.ts";

const IDLE = { epoch: 0, isUpdating: false, batches: 0 };

function workOf(waiting: number, updates = 0) {
  const queue = new JobQueue({ maxQueue: 10_000, maxQueueBytes: 1e9 });
  for (let index = 0; index < waiting; index++) queue.push(job(index));
  const history = new DataHistory(Buffer.from("{}"));
  for (let count = 0; count < updates; count++) history.add({ json: Buffer.from("{}") });
  return { queue, history };
}

describe("planFor", () => {
  const crew = { ...HANDING, workers: 2, idle: 2 };

  it.each([
    [1, 1],
    [9, 5],
    [1000, 500],
    [5000, 512],
  ])("spreads %d questions over two workers: %d", (waiting, maxJobs) => {
    expect(planFor(IDLE, workOf(waiting), crew)).toEqual({ kind: "batch", maxJobs });
  });

  it("leaves to those that are idle what waits, and half of it for later where others are not", () => {
    expect(planFor(IDLE, workOf(9), { ...crew, idle: 1 })).toEqual({ kind: "batch", maxJobs: 9 });
    expect(planFor({ ...IDLE, batches: 1 }, workOf(100), { ...crew, idle: 0 })).toEqual({ kind: "batch", maxJobs: 25 });
  });

  it("gives a second batch only where many wait, and never a third", () => {
    const busy = { ...IDLE, batches: 1 };
    expect(planFor(busy, workOf(15), crew)).toBeUndefined();
    expect(planFor(busy, workOf(100), crew)).toMatchObject({ kind: "batch" });
    expect(planFor({ ...IDLE, batches: 2 }, workOf(100), crew)).toBeUndefined();
  });

  it("gives one question at a time where it acts on the outside", () => {
    const outward = { ...ONE_BY_ONE, workers: 2, idle: 2 };
    expect(planFor(IDLE, workOf(100), outward)).toEqual({ kind: "batch", maxJobs: 1 });
    expect(planFor({ ...IDLE, batches: 1 }, workOf(100), outward)).toBeUndefined();
  });

  it("updates a worker once nothing of its version waits", () => {
    expect(planFor(IDLE, workOf(1, 1), crew)).toMatchObject({ kind: "batch" });
    expect(planFor(IDLE, workOf(0, 2), crew)).toEqual({ kind: "update", epoch: 1 });
    expect(planFor({ ...IDLE, isUpdating: true }, workOf(5, 1), crew)).toBeUndefined();
    expect(planFor({ ...IDLE, epoch: 1 }, workOf(0, 1), crew)).toBeUndefined();
  });

  it("does not update a worker for whose version more will come", () => {
    const work = workOf(0, 1);
    work.queue.hold(0);
    expect(planFor(IDLE, work, crew)).toBeUndefined();
  });

  it("passes over an update that was refused", () => {
    const work = workOf(0, 1);
    work.history.decide(1, "refused");
    expect(planFor(IDLE, work, crew)).toEqual({ kind: "skip", epoch: 1 });
  });
});

describe("encodeBatch", () => {
  it("puts inputs behind one another, shares equal ones, and marks those without", () => {
    const bytes = Buffer.from("aabbb");
    const at = (start: number, end: number) => ({ ...job(0), bytes, start, end });
    const jobs = [
      at(0, 2),
      at(0, 2),
      at(2, 5),
      { ...job(0), start: 0, end: 0 },
      { ...job(0, { bytes: 2 }), entrypoint: 3 },
    ];
    const { bytes: sent, table, options } = encodeBatch(7, jobs);
    expect(Buffer.from(sent).toString("latin1")).toBe("aabbb\0\0");
    expect([...table]).toEqual([...[0, 0, 2], ...[0, 0, 2], ...[0, 2, 5], ...[0, NO_INPUT, 5], ...[3, 5, 7]]);
    expect(options).toEqual([]);
  });

  it("copies nothing that lies between", () => {
    const bytes = Buffer.from("aaSECRETbb");
    const jobs = [
      { ...job(0), bytes, start: 0, end: 2 },
      { ...job(1), bytes, start: 8, end: 10, options: { seed: "s" } },
    ];
    const { bytes: sent, table, options } = encodeBatch(1, jobs);
    expect(Buffer.from(sent).toString()).toBe("aabb");
    expect([...table]).toEqual([...[0, 0, 2], ...[0, 2, 4]]);
    expect(options).toEqual([[1, { seed: "s" }]]);
  });
});
