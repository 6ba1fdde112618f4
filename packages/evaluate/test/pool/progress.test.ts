import { describe, expect, it } from "@jest/globals";

import { Batch, BatchProgress, PROGRESS_CELLS } from "../../src/pool/progress.ts";
import { Watchdog } from "../../src/pool/watchdog.ts";
import { indexes, job } from "./jobs.ts";

function batchOf(length: number, serial = 1) {
  const cells = new Int32Array(new SharedArrayBuffer(PROGRESS_CELLS * 4));
  const jobs = Array.from({ length }, (_, index) => job(index));
  // The worker's view of the same memory.
  const batch = new Batch(serial, jobs, cells);
  return { batch, worker: new BatchProgress(cells, serial), cells };
}

describe("Batch", () => {
  it("tells which job runs: none before the first and after the last", () => {
    const { batch, worker } = batchOf(2);
    expect(batch.runningIndex()).toBeUndefined();
    expect(worker.claim(2)).toBe(0);
    expect(batch.runningIndex()).toBe(0);
    expect(worker.claim(2)).toBe(1);
    expect([batch.runningIndex(), batch.isThrough]).toEqual([1, false]);
    expect(worker.claim(2)).toBeUndefined();
    expect([batch.runningIndex(), batch.isThrough]).toEqual([undefined, true]);
  });

  it("takes back what was not started, and lets the worker start no more", () => {
    const { batch, worker } = batchOf(4);
    worker.claim(4);
    worker.claim(4);
    expect(indexes(batch.revoke())).toEqual([2, 3]);
    expect([indexes(batch.jobs), batch.runningIndex(), batch.isThrough]).toEqual([[0, 1], 1, false]);
    expect(worker.claim(4)).toBeUndefined();
    expect([batch.runningIndex(), batch.isThrough]).toEqual([undefined, true]);
    expect(batch.revoke()).toEqual([]);
  });

  it("takes back everything before the first, and nothing from a worker that is through", () => {
    const fresh = batchOf(2);
    expect(indexes(fresh.batch.revoke())).toEqual([0, 1]);
    expect(fresh.worker.claim(2)).toBeUndefined();
    const done = batchOf(1);
    done.worker.claim(1);
    done.worker.claim(1);
    expect(done.batch.revoke()).toEqual([]);
    expect([done.batch.runningIndex(), done.batch.isThrough]).toEqual([undefined, true]);
  });

  it("keeps two batches with one worker apart", () => {
    const cells = new Int32Array(new SharedArrayBuffer(PROGRESS_CELLS * 4));
    const [first, second] = [new Batch(1, [job(0)], cells), new Batch(2, [job(1)], cells)];
    const worker = new BatchProgress(cells, 1);
    worker.claim(1);
    expect([first.runningIndex(), second.runningIndex()]).toEqual([0, undefined]);
    expect(new Batch(3, [job(2)], cells).runningIndex()).toBeUndefined();
  });
});

describe("Watchdog", () => {
  const limits = { deadlineMs: 100, slowMs: 30 };

  it("counts from the first look at a job", () => {
    const dog = new Watchdog(limits);
    const looks = [1000, 1029, 1030, 1099, 1100].map((nowMs) => dog.look(1, 0, nowMs));
    expect(looks).toEqual(["fine", "fine", "slow", "slow", "late"]);
  });

  it.each([
    ["the next job", 1, 1],
    ["the same index of another batch", 2, 0],
  ])("begins anew with %s", (_case, serial, index) => {
    const dog = new Watchdog(limits);
    dog.look(1, 0, 0);
    expect(dog.look(serial, index, 500)).toBe("fine");
    expect(dog.look(serial, index, 600)).toBe("late");
  });

  it("forgets a job that ended", () => {
    const dog = new Watchdog(limits);
    dog.look(1, 0, 0);
    expect(dog.look(0, undefined, 50)).toBe("idle");
    expect(dog.look(1, 0, 200)).toBe("fine");
  });
});
