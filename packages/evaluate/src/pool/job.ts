import { checkOptions } from "../instance.ts";
import type { DecideOptions, DecisionOutcome } from "../decision.ts";

/** Told the outcome of a job, once. */
export interface Settler {
  settle(index: number, outcome: DecisionOutcome): void;
}

/** One question that waits for a worker or is with one. */
export interface Job {
  /** The input as JSON, taken when the question was asked: `bytes` from `start` up to `end`; nothing is no input. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Its place among the sorted entrypoints. */
  readonly entrypoint: number;
  readonly options: DecideOptions | undefined;
  /** Which of the data's versions it is decided with: the one that stood when it was asked. */
  readonly epoch: number;
  readonly settler: Settler;
  readonly index: number;
  /** False once it has its outcome; a queue passes over it then. */
  isOpen: boolean;
  /** In the queue, with no worker. */
  isWaiting: boolean;
  /** Its worker went while it had others too: asked in a batch of its own, so that none pays for another. */
  isAlone: boolean;
}

/** Gives a job its outcome, unless it has one already. */
export function settleJob(job: Job, outcome: DecisionOutcome): void {
  if (!job.isOpen) return;
  job.isOpen = false;
  job.settler.settle(job.index, outcome);
}

/** Only what may go to another thread: the signal stays in this one. */
export function plainOptions(options: DecideOptions | undefined): DecideOptions | undefined {
  const { now, seed } = options ?? {};
  if (now === undefined && seed === undefined) return undefined;
  checkOptions({ now, seed });
  return { now, seed };
}
