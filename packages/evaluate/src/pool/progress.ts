import type { Job } from "./job.ts";

/** Beyond any batch: a worker that finds its next job there goes no further. */
const REVOKED = 0x4000_0000;

/**
 * How far a worker is in one batch, in memory that both threads see: the worker claims each job by counting up, so that
 * whoever stops it knows which job it was at, and which ones it never started.
 */
export class BatchProgress {
  readonly #cells: Int32Array;
  readonly #cell: number;

  /** Two batches may be with a worker; they take turns in its two cells. */
  constructor(cells: Int32Array, serial: number) {
    this.#cells = cells;
    this.#cell = serial & 1;
  }

  start(): void {
    Atomics.store(this.#cells, this.#cell, 0);
  }

  /** The worker's next job, or undefined when the batch ends here. */
  claim(length: number): number | undefined {
    const index = Atomics.add(this.#cells, this.#cell, 1);
    return index < length ? index : undefined;
  }

  /** How many jobs were claimed; more than there are when the worker is through. */
  claimed(): number {
    return Atomics.load(this.#cells, this.#cell);
  }

  /** Lets the worker start no further job of the batch, and says how many it had claimed. */
  revoke(length: number): number {
    const claimed = Atomics.exchange(this.#cells, this.#cell, REVOKED);
    // It was through already and will not count on by itself.
    if (claimed > length) Atomics.add(this.#cells, this.#cell, 1);
    return claimed;
  }

  isThrough(length: number, isRevoked: boolean): boolean {
    return this.claimed() > (isRevoked ? REVOKED : length);
  }
}

export const PROGRESS_CELLS = 2;

/** Jobs that went to a worker together. */
export class Batch {
  readonly serial: number;
  readonly progress: BatchProgress;
  #jobs: readonly Job[];
  #isRevoked = false;

  constructor(serial: number, jobs: readonly Job[], cells: Int32Array) {
    this.serial = serial;
    this.#jobs = jobs;
    this.progress = new BatchProgress(cells, serial);
    this.progress.start();
  }

  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /** Takes back what the worker has not started. */
  revoke(): readonly Job[] {
    if (this.#isRevoked) return [];
    const claimed = this.progress.revoke(this.#jobs.length);
    this.#isRevoked = true;
    const rest = this.#jobs.slice(claimed);
    this.#jobs = this.#jobs.slice(0, claimed);
    return rest;
  }

  /** The job that the worker is at: its index, or undefined before the first and after the last. */
  runningIndex(): number | undefined {
    if (this.progress.isThrough(this.#jobs.length, this.#isRevoked)) return undefined;
    const claimed = this.#isRevoked ? this.#jobs.length : this.progress.claimed();
    return claimed === 0 ? undefined : claimed - 1;
  }

  get isThrough(): boolean {
    return this.progress.isThrough(this.#jobs.length, this.#isRevoked);
  }
}
