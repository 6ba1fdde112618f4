/** Why a record is not where it should be. */
export type DropReason =
  /** `system/log/drop` said so. */
  | "drop_rule"
  /** The sink could not pass on what it had, and its buffer was full. */
  | "buffer_full"
  /** The sink failed and keeps nothing for later. */
  | "sink_failed"
  /** The receiver takes this record never. */
  | "rejected"
  /** The log was closed before. */
  | "closed"
  /** The last line of the file was torn by a crash: it was taken out. */
  | "torn";

export type DropCounts = Readonly<Partial<Record<DropReason, number>>>;

/** Counts by reason. */
export class DropCounter {
  #counts: Partial<Record<DropReason, number>> = {};

  get isEmpty(): boolean {
    return Object.keys(this.#counts).length === 0;
  }

  add(reason: DropReason, count = 1): void {
    this.#counts[reason] = (this.#counts[reason] ?? 0) + count;
  }

  counts(): DropCounts {
    return { ...this.#counts };
  }

  /** What was added meanwhile stays. */
  subtract(counts: DropCounts): void {
    const left = Object.entries(this.#counts).map(([reason, count]) => [
      reason,
      count - (counts[reason as DropReason] ?? 0),
    ]);
    this.#counts = Object.fromEntries(left.filter(([, count]) => count !== 0)) as Partial<Record<DropReason, number>>;
  }
}
