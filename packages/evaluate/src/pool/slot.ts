import { Worker } from "node:worker_threads";

import { EvaluationError, systemCodeOf, messageOf } from "@policy-pack/pack";
import type { PolicyPackError } from "@policy-pack/pack";

import { encodeBatch } from "./batch-message.ts";
import type { DataUpdate } from "./data-history.ts";
import type { Job } from "./job.ts";
import type { Hand } from "./plan.ts";
import { Batch, PROGRESS_CELLS } from "./progress.ts";
import type { DecidedMessage, FromWorker, ToWorker, WorkerStart } from "./protocol.ts";
import { Watchdog } from "./watchdog.ts";
import type { Sight, WatchdogLimits } from "./watchdog.ts";
import { fromWireError } from "./wire-error.ts";

export interface SlotEvents {
  onReady(slot: Slot): void;
  onDecided(slot: Slot, batch: Batch, message: DecidedMessage): void;
  onUpdated(slot: Slot, epoch: number, error: PolicyPackError | TypeError | undefined): void;
  /** It is gone of itself: never after `stop`. */
  onGone(slot: Slot, reason: PolicyPackError | TypeError): void;
}

export interface SlotOptions {
  /** The program that the thread runs. */
  readonly entry: URL;
  readonly start: Omit<WorkerStart, "cells">;
  readonly epoch: number;
  readonly maxHeapBytes: number;
  readonly watchdog: WatchdogLimits;
  readonly loadTimeoutMs: number;
}

/** The jobs of a worker that is gone. */
export interface Remains {
  /** The one that it was at. */
  readonly running: Job | undefined;
  /** The one to blame where it went of itself: the only one of its batch, else nobody knows which. */
  readonly culprit: Job | undefined;
  readonly others: readonly Job[];
}

const MIB = 1024 * 1024;

/** One worker thread from its start to its end, and what is with it. */
export class Slot implements Hand {
  readonly #worker: Worker;
  readonly #cells = new Int32Array(new SharedArrayBuffer(PROGRESS_CELLS * Int32Array.BYTES_PER_ELEMENT));
  readonly #events: SlotEvents;
  readonly #watchdog: Watchdog;
  readonly #loadTimeoutMs: number;
  #batches: Batch[] = [];
  #serial = 0;
  #epoch: number;
  #isReady = false;
  #isGone = false;
  #watchedJob: Job | undefined;
  #updatingTo: number | undefined;
  /** When it began to load what it loads now. */
  #loadingSinceMs: number | undefined;

  constructor(options: SlotOptions, events: SlotEvents) {
    this.#events = events;
    this.#epoch = options.epoch;
    this.#watchdog = new Watchdog(options.watchdog);
    this.#loadTimeoutMs = options.loadTimeoutMs;
    const workerData: WorkerStart = { ...options.start, cells: this.#cells };
    this.#worker = new Worker(options.entry, {
      workerData,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(options.maxHeapBytes / MIB) },
    });
    this.#worker.on("message", (message: FromWorker) => {
      if (!this.#isGone) this.#receive(message);
    });
    this.#worker.on("error", (error: unknown) => {
      this.#leave(toCrash(error));
    });
    this.#worker.on("exit", (code) => {
      this.#leave(crashed(`it ended with status ${code}`));
    });
    // A program that waits for no decision may end; while it waits, the pool's timer holds it. After the listeners: adding
    // one for messages holds it again.
    this.#worker.unref();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get isUpdating(): boolean {
    return this.#updatingTo !== undefined;
  }

  get batches(): number {
    return this.#batches.length;
  }

  /** Questions that are with it. */
  get jobs(): number {
    return this.#batches.reduce((total, { jobs }) => total + jobs.length, 0);
  }

  /** The job that it was at when it was looked at; undefined when it loaded. */
  get watchedJob(): Job | undefined {
    return this.#watchedJob;
  }

  send(jobs: readonly Job[]): void {
    const serial = (this.#serial = (this.#serial + 1) | 0);
    this.#batches.push(new Batch(serial, jobs, this.#cells));
    const message = encodeBatch(serial, jobs);
    this.#post(message, [message.bytes.buffer as ArrayBuffer, message.table.buffer as ArrayBuffer]);
  }

  update(epoch: number, update: DataUpdate): void {
    this.#updatingTo = epoch;
    this.#post({ kind: "update", epoch, update }, []);
  }

  /** It has that version already. */
  skipTo(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Looks whether it is still at the same job; a load that takes too long is late too. */
  look(nowMs: number): Sight {
    const first = this.#batches.find(({ isThrough }) => !isThrough);
    const index = first?.runningIndex();
    this.#watchedJob = index === undefined ? undefined : first?.jobs[index];
    if (first === undefined && (!this.#isReady || this.isUpdating)) {
      this.#loadingSinceMs ??= nowMs;
      return nowMs - this.#loadingSinceMs >= this.#loadTimeoutMs ? "late" : "fine";
    }
    this.#loadingSinceMs = undefined;
    return this.#watchdog.look(first?.serial ?? 0, index, nowMs);
  }

  /** What waits behind the job that it is at: no longer its business. */
  takeBack(): readonly Job[] {
    return this.#batches.flatMap((batch) => batch.revoke());
  }

  /** Ends the thread whatever it does, and hands over what it had: the job that ran, and all others. */
  stop(): Remains & { readonly ended: Promise<unknown> } {
    this.#isGone = true;
    return { ...this.remains(), ended: this.#worker.terminate() };
  }

  /** What it had when it went: also what it answered in a batch that it did not finish, since the answers went with it. */
  remains(): Remains {
    const batches = this.#batches;
    this.#batches = [];
    const first = batches.find(({ isThrough }) => !isThrough);
    const index = first?.runningIndex();
    const running = index === undefined ? undefined : first?.jobs[index];
    const others = batches.flatMap(({ jobs }) => jobs).filter((job) => job !== running);
    const unanswered = batches[0];
    const isOnly = unanswered?.jobs.length === 1 && unanswered.progress.claimed() > 0;
    return { running, culprit: isOnly ? unanswered.jobs[0] : undefined, others };
  }

  #post(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#isReady = true;
        this.#events.onReady(this);
        return;
      case "failed":
        this.#leave(fromWireError(message.error));
        return;
      case "updated":
        this.#updatingTo = undefined;
        this.#epoch = message.epoch;
        this.#events.onUpdated(this, message.epoch, message.error && fromWireError(message.error));
        return;
      case "decided": {
        const batch = this.#batches[0];
        const isIts = batch?.serial === message.serial && batch.jobs.length === message.codes.length;
        if (!isIts) {
          this.#leave(crashed("it answered what it was not asked"));
          return;
        }
        this.#batches.shift();
        this.#events.onDecided(this, batch, message);
      }
    }
  }

  #leave(reason: PolicyPackError | TypeError): void {
    if (this.#isGone) return;
    this.#isGone = true;
    void this.#worker.terminate();
    this.#events.onGone(this, reason);
  }
}

function toCrash(error: unknown): EvaluationError {
  if (systemCodeOf(error) !== "ERR_WORKER_OUT_OF_MEMORY") return crashed(messageOf(error), error);
  return new EvaluationError(
    "MEMORY_EXCEEDED",
    "The decision took more memory than a worker may have, and was stopped. Ask with less, or raise maxHeapBytes.",
    { cause: error },
  );
}

function crashed(reason: string, cause?: unknown): EvaluationError {
  return new EvaluationError("EVALUATION_FAILED", `The worker that decided is gone: ${reason}.`, { cause });
}
