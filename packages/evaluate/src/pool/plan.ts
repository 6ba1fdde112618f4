import type { DataHistory } from "./data-history.ts";
import type { JobQueue } from "./job-queue.ts";

/** What is to be known of a worker to give it work. */
export interface Hand {
  /** Which version of the data it has. */
  readonly epoch: number;
  readonly isUpdating: boolean;
  /** Batches that are with it. */
  readonly batches: number;
}

export type Plan =
  | { readonly kind: "batch"; readonly maxJobs: number }
  | { readonly kind: "update"; readonly epoch: number }
  /** The next version is the one that it has. */
  | { readonly kind: "skip"; readonly epoch: number };

/** How work is handed out. */
export interface Handing {
  /** Jobs in one batch. Passing a message wakes a thread, which costs as much as dozens of decisions. */
  readonly maxBatchJobs: number;
  /** With one worker at a time: with two it never waits for this thread. */
  readonly maxBatches: number;
}

export const HANDING: Handing = Object.freeze({ maxBatchJobs: 512, maxBatches: 2 });
/** Where decisions act on the outside, none that was answered is asked again because a later one of its batch fails. */
export const ONE_BY_ONE: Handing = Object.freeze({ maxBatchJobs: 1, maxBatches: 1 });

/** Fewer wait for a worker that is free: behind another question one may wait long. */
const MIN_AHEAD = 16;

/** Among whom what waits is spread. */
export interface Shares {
  readonly workers: number;
  /** Those of them that have nothing. */
  readonly idle: number;
}

/**
 * What a worker does next, or undefined when it waits. Deep queues go out in large batches; what is there is spread over
 * all workers.
 */
export function planFor(
  hand: Hand,
  { queue, history }: { readonly queue: JobQueue; readonly history: DataHistory },
  { maxBatchJobs, maxBatches, workers, idle }: Handing & Shares,
): Plan | undefined {
  if (hand.isUpdating) return undefined;
  const waiting = queue.lengthOf(hand.epoch);
  if (waiting > 0) {
    if (hand.batches >= maxBatches || (hand.batches > 0 && waiting < MIN_AHEAD)) return undefined;
    const shares = hand.batches === 0 ? idle : workers * 2;
    return { kind: "batch", maxJobs: Math.min(maxBatchJobs, Math.ceil(waiting / shares)) };
  }
  if (hand.epoch === history.latest || !queue.isPassed(hand.epoch)) return undefined;
  const epoch = hand.epoch + 1;
  return { kind: history.updateAt(epoch) === undefined ? "skip" : "update", epoch };
}
