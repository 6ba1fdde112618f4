import type { Job } from "./job.ts";

/** Settled jobs that may lie among the open ones before they are swept out. */
const MAX_SETTLED = 1024;

/** First in, first out; what was taken can be put back in front. Jobs that were settled meanwhile are passed over. */
export class Lane {
  #jobs: Job[] = [];
  #head = 0;
  #settled = 0;

  /** Of open jobs. */
  get length(): number {
    return this.#jobs.length - this.#head - this.#settled;
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  putBack(jobs: readonly Job[]): void {
    this.#jobs = [...jobs, ...this.#jobs.slice(this.#head)];
    this.#head = 0;
  }

  /** A job of this lane was settled before its turn. */
  noteSettled(): void {
    this.#settled += 1;
    if (this.#settled > MAX_SETTLED && this.#settled > this.length) this.#sweep();
  }

  /** The next open jobs: at least one if there is any, then as many as stay within both caps. */
  take(maxJobs: number, maxBytes: number): Job[] {
    const taken: Job[] = [];
    let bytes = 0;
    while (taken.length < maxJobs) {
      const job = this.#jobs[this.#head];
      if (job === undefined) break;
      if (job.isOpen) {
        bytes += job.end - job.start;
        if (taken.length > 0 && (bytes > maxBytes || job.isAlone)) break;
        taken.push(job);
        if (job.isAlone) maxJobs = 1;
      } else {
        this.#settled -= 1;
      }
      this.#head += 1;
    }
    if (this.#head > MAX_SETTLED && this.#head * 2 > this.#jobs.length) this.#cut();
    return taken;
  }

  #sweep(): void {
    this.#jobs = this.#jobs.slice(this.#head).filter(({ isOpen }) => isOpen);
    this.#head = 0;
    this.#settled = 0;
  }

  #cut(): void {
    this.#jobs = this.#jobs.slice(this.#head);
    this.#head = 0;
  }
}
