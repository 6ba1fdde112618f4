import { EvaluationError } from "@policy-pack/pack";
import type { PolicyPackError } from "@policy-pack/pack";

import type { DecisionOutcome } from "../decision.ts";
import type { DataHistory } from "./data-history.ts";
import { settleJob } from "./job.ts";
import type { Job } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";
import { planFor } from "./plan.ts";
import type { Handing } from "./plan.ts";
import type { Batch } from "./progress.ts";
import type { DecidedMessage } from "./protocol.ts";
import { Slot } from "./slot.ts";
import type { SlotEvents, SlotOptions } from "./slot.ts";

type Reason = PolicyPackError | TypeError;

export interface CrewOptions {
  readonly size: number;
  readonly queue: JobQueue;
  readonly history: DataHistory;
  readonly handing: Handing;
  readonly deadlineMs: number;
  /** A worker that has this version of the data. */
  readonly slotOptions: (epoch: number) => SlotOptions;
  readonly toOutcomes: (message: DecidedMessage) => readonly DecisionOutcome[];
  /** There may be room in the queue, or nothing left to do. */
  readonly onProgress: () => void;
  /** The first worker took the update, or could not. */
  readonly onVerdict: (epoch: number, refusal: Reason | undefined) => void;
  /** No worker is left, and none can be started. */
  readonly onBroken: (reason: Reason) => void;
}

export interface CrewCounts {
  answered: number;
  deadlines: number;
  crashes: number;
  memory: number;
}

/** When so many wait, those workers that have nothing begin: the others need not be asked yet. */
const START_JOBS = 128;
const MAX_BATCH_BYTES = 1024 * 1024;
/** One after the other without a decision between: another would not help. */
const MAX_FAILURES = 3;
/** So long after the last start, at least, until one that is missing is tried for again. */
const RETRY_MS = 1_000;

/** The workers: hands out what waits, looks whether they go on, and puts a new one in the place of one that does not. */
export class Crew implements SlotEvents {
  readonly counts: CrewCounts = { answered: 0, deadlines: 0, crashes: 0, memory: 0 };
  readonly #options: CrewOptions;
  readonly #slots = new Set<Slot>();
  readonly #tickMs: number;
  #failures = 0;
  #startedAtMs = 0;
  #isScheduled = false;
  /** Workers that had nothing, and nothing waited for them, when it was handed out last. */
  #idle = 0;
  #isClosed = false;
  /** All workers were ready at once: from here on a failing one is replaced. */
  #isStarted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#tickMs = tickOf(options.deadlineMs);
    for (let count = 0; count < options.size; count++) this.#start(0);
    this.schedule();
  }

  get workers(): number {
    return this.#slots.size;
  }

  get ready(): number {
    return [...this.#slots].filter(({ isReady }) => isReady).length;
  }

  /** Questions that are with workers. */
  get jobs(): number {
    let jobs = 0;
    for (const slot of this.#slots) jobs += slot.jobs;
    return jobs;
  }

  /** The oldest version of the data that a worker has. */
  get epoch(): number {
    return this.#slots.size === 0 ? 0 : Math.min(...[...this.#slots].map(({ epoch }) => epoch));
  }

  /** Hands out once this turn of the event loop is over, so that what it asks goes out together. */
  schedule(): void {
    this.#timer ??= setInterval(() => {
      this.#watch();
    }, this.#tickMs);
    if (this.#idle > 0 && this.#options.queue.length >= START_JOBS) this.#handOut(1);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#handOut();
      this.#options.onProgress();
    });
  }

  /** Ends all threads, and hands over what they had. */
  stop(): { readonly jobs: readonly Job[]; readonly ended: Promise<unknown> } {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const stopped = [...this.#slots].map((slot) => slot.stop());
    this.#slots.clear();
    const jobs = stopped.flatMap(({ running, others }) => (running === undefined ? others : [running, ...others]));
    return { jobs, ended: Promise.all(stopped.map(({ ended }) => ended)) };
  }

  onReady(): void {
    this.#isStarted ||= this.ready === this.#options.size;
    this.#options.onProgress();
    this.schedule();
  }

  onDecided(_slot: Slot, batch: Batch, message: DecidedMessage): void {
    this.#failures = 0;
    this.counts.answered += batch.jobs.length;
    const outcomes = this.#options.toOutcomes(message);
    let index = 0;
    for (const job of batch.jobs) {
      const outcome = outcomes[index++];
      if (outcome !== undefined) settleJob(job, outcome);
    }
    this.#handOut();
    this.#options.onProgress();
  }

  onUpdated(slot: Slot, epoch: number, error: Reason | undefined): void {
    this.#judge(epoch, error);
    // It has other data than this version now stands for.
    if ((this.#options.history.verdictOf(epoch) === "refused") !== (error !== undefined)) {
      this.#replace(slot, slot.stop().others);
    }
    this.#options.onProgress();
    this.schedule();
  }

  onGone(slot: Slot, reason: Reason): void {
    const { running, culprit, others } = slot.remains();
    if (isOfMemory(reason)) this.counts.memory += 1;
    else this.counts.crashes += 1;
    const jobs = running === undefined ? others : [running, ...others];
    // Memory may have been filled by all of them, whoever happened to be at it.
    const blamed = isOfMemory(reason) ? culprit : (running ?? culprit);
    if (blamed !== undefined) settleJob(blamed, { error: reason });
    else if (jobs.length > 0) this.#separate(jobs);
    else if (slot.isUpdating) this.#judge(slot.epoch + 1, reason);
    else this.#failures += 1;
    this.#replace(slot, jobs, reason);
  }

  #judge(epoch: number, refusal: Reason | undefined): void {
    if (this.#options.history.verdictOf(epoch) !== "open") return;
    this.#options.history.decide(epoch, refusal === undefined ? "accepted" : "refused");
    this.#options.onVerdict(epoch, refusal);
  }

  /** Nobody knows which of them it was: each is asked again, in a batch of its own. */
  #separate(jobs: readonly Job[]): void {
    // None of them had even begun.
    if (jobs.every(({ isAlone }) => isAlone)) this.#failures += 1;
    for (const job of jobs) job.isAlone = true;
  }

  #start(epoch: number): void {
    this.#startedAtMs = performance.now();
    this.#slots.add(new Slot(this.#options.slotOptions(epoch), this));
  }

  /** Others of its jobs go back to where they came from, before all that waits. */
  #replace(slot: Slot, others: readonly Job[], reason?: Reason): void {
    this.#slots.delete(slot);
    this.#options.queue.putBack(others);
    if (this.#isClosed) return;
    if (this.#isStarted ? this.#failures < MAX_FAILURES : reason === undefined) this.#start(slot.epoch);
    else if (reason !== undefined && (!this.#isStarted || this.#isNeeded())) this.#options.onBroken(reason);
    this.#options.onProgress();
    this.schedule();
  }

  /** Without another worker there is none, or none with the data by which some questions are to be decided. */
  #isNeeded(): boolean {
    return this.#slots.size === 0 || !this.#options.queue.isPassedBefore(this.epoch);
  }

  #handOut(maxBatches = this.#options.handing.maxBatches): void {
    if (this.#isClosed) return;
    const { queue, history, handing } = this.#options;
    const ready = [...this.#slots].filter(({ isReady }) => isReady);
    for (let isDone = false; !isDone;) {
      isDone = true;
      let idle = idleOf(ready);
      // Idle ones first: a question is not to wait behind another where it need not.
      for (const slot of ready.sort((left, right) => left.batches - right.batches)) {
        const plan = planFor(slot, { queue, history }, { ...handing, maxBatches, workers: ready.length, idle });
        if (slot.batches === 0) idle -= 1;
        if (plan === undefined) continue;
        isDone = false;
        if (plan.kind === "batch") slot.send(queue.take(slot.epoch, plan.maxJobs, MAX_BATCH_BYTES));
        else if (plan.kind === "skip") slot.skipTo(plan.epoch);
        else slot.update(plan.epoch, history.updateAt(plan.epoch) ?? {});
      }
    }
    this.#idle = queue.length < START_JOBS ? idleOf(ready) : 0;
  }

  #watch(): void {
    const nowMs = performance.now();
    let isBusy = this.#options.queue.length > 0;
    for (const slot of [...this.#slots]) {
      const sight = slot.look(nowMs);
      if (sight === "late") this.#stopLate(slot);
      else if (sight === "slow") this.#relieve(slot);
      isBusy ||= slot.batches > 0 || slot.isUpdating || !slot.isReady;
    }
    // One that could not be replaced in three tries is tried for again once others have decided something.
    if (this.#isStarted && this.#slots.size < this.#options.size) {
      if (this.#failures < MAX_FAILURES && nowMs - this.#startedAtMs >= RETRY_MS) this.#start(this.epoch);
      isBusy ||= this.#failures < MAX_FAILURES;
    }
    if (isBusy) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #stopLate(slot: Slot): void {
    const { running, others } = slot.stop();
    const { deadlineMs } = this.#options;
    // It went on to another while it was looked at: that one is not late.
    if (running !== slot.watchedJob) {
      this.#replace(slot, running === undefined ? others : [running, ...others]);
      return;
    }
    const reason = late(
      running === undefined ? "A worker took too long to load." : `A decision took more than ${deadlineMs} ms.`,
    );
    this.counts.deadlines += 1;
    if (running !== undefined) settleJob(running, { error: reason });
    else if (slot.isUpdating) this.#judge(slot.epoch + 1, reason);
    else this.#failures += 1;
    this.#replace(slot, others, reason);
  }

  /** What waits behind a slow decision goes to workers that have nothing to do. */
  #relieve(slow: Slot): void {
    const isFree = (slot: Slot): boolean => slot.isReady && !slot.isUpdating && slot.batches === 0;
    if (![...this.#slots].some((slot) => isFree(slot) && slot.epoch === slow.epoch)) return;
    this.#options.queue.putBack(slow.takeBack());
    this.#handOut();
  }
}

function idleOf(slots: readonly Slot[]): number {
  return slots.filter(({ batches }) => batches === 0).length;
}

/** Eight looks a deadline, but not so many that looking costs anything. */
function tickOf(deadlineMs: number): number {
  return Math.min(25, Math.max(2, Math.ceil(deadlineMs / 8)));
}

export function watchdogLimits(deadlineMs: number): { readonly deadlineMs: number; readonly slowMs: number } {
  return { deadlineMs, slowMs: tickOf(deadlineMs) };
}

function isOfMemory(reason: Reason): boolean {
  return "code" in reason && reason.code === "MEMORY_EXCEEDED";
}

function late(what: string): EvaluationError {
  return new EvaluationError(
    "DEADLINE_EXCEEDED",
    `${what} It was stopped. Treat it as a refusal; make the policy cheaper, or raise the deadline.`,
  );
}
