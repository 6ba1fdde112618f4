import type { Job } from "./job.ts";
import { Lane } from "./lane.ts";

export interface QueueLimits {
  readonly maxQueue: number;
  readonly maxQueueBytes: number;
}

/**
 * The questions that wait, one lane for each version of the data. A worker takes from the lane of the version that it
 * has, and may go on to the next version when nobody can put anything into that lane any more but a failing worker,
 * whose replacement then starts with that version.
 */
export class JobQueue {
  readonly #limits: QueueLimits;
  readonly #lanes = new Map<number, Lane>();
  readonly #holds = new Map<number, number>();
  #length = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Of questions that wait for a worker. */
  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether one more question with so many bytes fits; an empty queue takes any. */
  hasRoom(bytes: number): boolean {
    if (this.#length === 0) return true;
    return this.#length < this.#limits.maxQueue && this.#bytes + bytes <= this.#limits.maxQueueBytes;
  }

  push(job: Job): void {
    this.#laneOf(job.epoch).push(job);
    job.isWaiting = true;
    this.#count(job, 1);
  }

  /** In front of their lanes, in their order; caps do not hold for what was accepted before. */
  putBack(jobs: readonly Job[]): void {
    const open = jobs.filter(({ isOpen }) => isOpen);
    for (const epoch of new Set(open.map((job) => job.epoch))) {
      this.#laneOf(epoch).putBack(open.filter((job) => job.epoch === epoch));
    }
    for (const job of open) {
      job.isWaiting = true;
      this.#count(job, 1);
    }
  }

  /** A waiting job was settled before its turn: its place is free. */
  noteSettled(job: Job): void {
    if (!job.isWaiting) return;
    job.isWaiting = false;
    const lane = this.#lanes.get(job.epoch);
    lane?.noteSettled();
    // Nobody may ever take from it again: what was settled in it is not to be kept.
    if (lane?.length === 0) this.#lanes.delete(job.epoch);
    this.#count(job, -1);
  }

  lengthOf(epoch: number): number {
    return this.#lanes.get(epoch)?.length ?? 0;
  }

  take(epoch: number, maxJobs: number, maxBytes: number): readonly Job[] {
    const lane = this.#lanes.get(epoch);
    const jobs = lane?.take(maxJobs, maxBytes) ?? [];
    for (const job of jobs) {
      job.isWaiting = false;
      this.#count(job, -1);
    }
    if (lane?.length === 0) this.#lanes.delete(epoch);
    return jobs;
  }

  /** Keeps workers at this version: more questions of it will come. */
  hold(epoch: number): void {
    this.#holds.set(epoch, (this.#holds.get(epoch) ?? 0) + 1);
  }

  release(epoch: number): void {
    const left = (this.#holds.get(epoch) ?? 0) - 1;
    if (left > 0) this.#holds.set(epoch, left);
    else this.#holds.delete(epoch);
  }

  /** Whether a worker with this version has nothing more to expect of it. */
  isPassed(epoch: number): boolean {
    return this.lengthOf(epoch) === 0 && !this.#holds.has(epoch);
  }

  /** Whether no worker with an older version than this has anything more to expect. */
  isPassedBefore(epoch: number): boolean {
    return [...this.#lanes.keys(), ...this.#holds.keys()].every((older) => older >= epoch || this.isPassed(older));
  }

  /** Takes everything. */
  drain(): readonly Job[] {
    return [...this.#lanes.keys()]
      .sort((left, right) => left - right)
      .flatMap((epoch) => this.take(epoch, Infinity, Infinity));
  }

  #laneOf(epoch: number): Lane {
    const known = this.#lanes.get(epoch);
    if (known !== undefined) return known;
    const lane = new Lane();
    this.#lanes.set(epoch, lane);
    return lane;
  }

  #count(job: Job, sign: 1 | -1): void {
    this.#length += sign;
    this.#bytes += sign * (job.end - job.start);
  }
}
