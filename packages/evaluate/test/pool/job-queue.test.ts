import { describe, expect, it } from "@jest/globals";

import { JobQueue } from "../../src/pool/job-queue.ts";
import { indexes, job } from "./jobs.ts";
import type { TestJob } from "./jobs.ts";

const ROOM = { maxQueue: 100, maxQueueBytes: 1000 };

function queueOf(jobs: readonly TestJob[], limits = ROOM): JobQueue {
  const queue = new JobQueue(limits);
  for (const each of jobs) queue.push(each);
  return queue;
}

/** As an abort does. */
function settle(queue: JobQueue, each: TestJob): void {
  each.isOpen = false;
  queue.noteSettled(each);
}

describe("JobQueue", () => {
  it("gives jobs in their order, as many as asked for, one version of the data at a time", () => {
    const queue = queueOf([job(0), job(1), job(2, { epoch: 1 }), job(3)]);
    expect(indexes(queue.take(0, 2, Infinity))).toEqual([0, 1]);
    expect(indexes(queue.take(1, 9, Infinity))).toEqual([2]);
    expect(indexes(queue.take(0, 9, Infinity))).toEqual([3]);
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  it("keeps a batch within its bytes, but gives one job whatever it has", () => {
    const queue = queueOf([job(0, { bytes: 50 }), job(1, { bytes: 6 }), job(2, { bytes: 4 }), job(3)]);
    expect(indexes(queue.take(0, 9, 10))).toEqual([0]);
    expect(indexes(queue.take(0, 9, 10))).toEqual([1, 2]);
    expect(queue.bytes).toBe(1);
  });

  it("puts back in front, in order, and only what is open", () => {
    const jobs = [job(0), job(1), job(2), job(3)];
    const queue = queueOf(jobs);
    const taken = queue.take(0, 3, Infinity);
    taken.slice(1, 2).forEach((each) => (each.isOpen = false));
    queue.putBack(taken);
    expect(queue.length).toBe(3);
    expect(indexes(queue.take(0, 9, Infinity))).toEqual([0, 2, 3]);
  });

  it("has room up to its caps, and always for one", () => {
    expect(queueOf([], { maxQueue: 1, maxQueueBytes: 1 }).hasRoom(500)).toBe(true);
    const full = queueOf([job(0)], { maxQueue: 1, maxQueueBytes: 100 });
    expect(full.hasRoom(0)).toBe(false);
    const heavy = queueOf([job(0, { bytes: 60 })], { maxQueue: 9, maxQueueBytes: 100 });
    expect([heavy.hasRoom(40), heavy.hasRoom(41)]).toEqual([true, false]);
  });

  it("passes over what was settled while it waited, and counts it no more", () => {
    const jobs = Array.from({ length: 5 }, (_, index) => job(index));
    const queue = queueOf(jobs);
    for (const each of [jobs[0], jobs[3]]) if (each !== undefined) settle(queue, each);
    expect([queue.length, queue.lengthOf(0)]).toEqual([3, 3]);
    expect(indexes(queue.take(0, 9, Infinity))).toEqual([1, 2, 4]);
    expect(queue.isPassed(0)).toBe(true);
  });

  it("counts no job twice that is settled when it waits no more", () => {
    const [first] = [job(0)];
    const queue = queueOf([first]);
    queue.take(0, 1, Infinity);
    settle(queue, first);
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  it("sweeps out what was settled, however many", () => {
    const kept = [job(0), job(1)];
    const queue = queueOf(kept.slice(0, 1));
    for (let round = 0; round < 5000; round++) {
      const each = job(9);
      queue.push(each);
      settle(queue, each);
    }
    queue.push(kept[1] ?? job(1));
    expect(indexes(queue.take(0, 9, Infinity))).toEqual([0, 1]);
  });

  it("is passed by no worker while it is held or holds something", () => {
    const queue = queueOf([job(0)]);
    queue.hold(0);
    queue.hold(0);
    queue.take(0, 1, Infinity);
    queue.release(0);
    expect(queue.isPassed(0)).toBe(false);
    queue.release(0);
    expect(queue.isPassed(0)).toBe(true);
  });

  it("is passed before a version when nothing older is held or waits", () => {
    const queue = queueOf([job(0, { epoch: 1 })]);
    expect([queue.isPassedBefore(1), queue.isPassedBefore(2)]).toEqual([true, false]);
    queue.take(1, 1, Infinity);
    expect(queue.isPassedBefore(2)).toBe(true);
    queue.hold(1);
    expect(queue.isPassedBefore(2)).toBe(false);
  });

  it("gives a job that is to be alone by itself", () => {
    const alone = job(1);
    alone.isAlone = true;
    const queue = queueOf([job(0), alone, job(2)]);
    expect([1, 2, 3].map(() => indexes(queue.take(0, 9, Infinity)))).toEqual([[0], [1], [2]]);
  });

  it("drains all versions, the oldest first", () => {
    const queue = queueOf([job(0, { epoch: 2 }), job(1), job(2, { epoch: 1 })]);
    expect(indexes(queue.drain())).toEqual([1, 2, 0]);
    expect(queue.length).toBe(0);
  });
});
