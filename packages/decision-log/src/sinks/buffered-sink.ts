import type { Clock } from "../clock.ts";
import type { DropReason } from "../drops.ts";
import { Backlog } from "./backlog.ts";
import type { LogSink, SinkEvents, SinkState, SinkStats } from "./sink.ts";

/** What became of a batch. */
export type Delivery =
  | { readonly kind: "done" }
  /** Later; not before `afterMs` where the receiver said so. */
  | { readonly kind: "retry"; readonly error: string; readonly afterMs?: number | undefined }
  /** Too much at once, or one of them is bad: halve it. One alone is taken never. */
  | { readonly kind: "split"; readonly error: string };

/** What a buffered sink passes batches on by. */
export interface Carrier {
  readonly name: string;
  open(): Promise<SinkState>;
  /** One batch at a time, in order. Never rejected. */
  deliver(lines: readonly Buffer[], signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

export interface BufferedOptions {
  readonly clock: Clock;
  readonly maxBufferRecords: number;
  readonly maxBufferBytes: number;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  readonly maxDelayMs: number;
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Keeps lines until its carrier has passed them on, in batches, one after the other, trying again as long as it takes. */
export class BufferedSink implements LogSink {
  readonly name: string;
  readonly #carrier: Carrier;
  readonly #options: BufferedOptions;
  readonly #backlog: Backlog;
  readonly #stop = new AbortController();
  readonly #idle = new Set<() => void>();
  #events: SinkEvents | undefined;
  #isClosed = false;
  #isBusy = false;
  #cancelTimer: (() => void) | undefined;
  /** Since when the timer that runs is one that waits after a failure. */
  #tries = 0;
  /** Fewer than the cap after a batch was refused as a whole. */
  #maxRecords: number;
  #delivered = 0;
  #failures = 0;
  #lastError: string | undefined;

  constructor(carrier: Carrier, options: BufferedOptions) {
    this.name = carrier.name;
    this.#carrier = carrier;
    this.#options = options;
    this.#backlog = new Backlog(options);
    this.#maxRecords = options.maxBatchRecords;
  }

  open(events: SinkEvents): Promise<SinkState> {
    this.#events = events;
    return this.#carrier.open();
  }

  write(line: Buffer): DropReason | undefined {
    if (this.#isClosed) return "closed";
    if (!this.#backlog.push(line)) return "buffer_full";
    const { maxBatchRecords, maxBatchBytes, maxDelayMs } = this.#options;
    const isFull = this.#backlog.length >= maxBatchRecords || this.#backlog.bytes >= maxBatchBytes;
    // While it waits after a failure, more records are no reason to knock earlier.
    if (isFull && this.#tries === 0) this.#schedule(0);
    else if (this.#cancelTimer === undefined) this.#schedule(maxDelayMs);
    return undefined;
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.#backlog.length === 0 && !this.#isBusy) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#idle.delete(done);
        cancel();
        resolve();
      };
      const cancel = this.#options.clock.after(timeoutMs, done);
      this.#idle.add(done);
      this.#schedule(0);
    });
  }

  async close(graceMs: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.flush(graceMs);
    this.#cancelTimer?.();
    this.#stop.abort();
    const left = this.#backlog.length;
    this.#backlog.remove(left);
    if (left > 0) this.#events?.onLost("closed", left);
    await this.#carrier.close();
  }

  stats(): SinkStats {
    return {
      delivered: this.#delivered,
      pending: this.#backlog.length,
      failures: this.#failures,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  #schedule(ms: number): void {
    if (this.#isBusy || this.#stop.signal.aborted) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (ms <= 0) void this.#deliver();
    else this.#cancelTimer = this.#options.clock.after(ms, () => void this.#deliver());
  }

  async #deliver(): Promise<void> {
    this.#cancelTimer = undefined;
    this.#isBusy = true;
    let delayMs = 0;
    while (this.#backlog.length > 0 && delayMs === 0 && !this.#stop.signal.aborted) {
      const lines = this.#backlog.first(this.#maxRecords, this.#options.maxBatchBytes);
      delayMs = this.#settle(lines.length, await this.#carrier.deliver(lines, this.#stop.signal));
    }
    this.#isBusy = false;
    if (this.#backlog.length === 0) for (const done of [...this.#idle]) done();
    else this.#schedule(delayMs);
  }

  /** How long to wait before the next batch. */
  #settle(count: number, delivery: Delivery): number {
    if (this.#stop.signal.aborted) return 0;
    if (delivery.kind === "done") {
      this.#tries = 0;
      this.#delivered += count;
      this.#backlog.remove(count);
      this.#maxRecords = Math.min(this.#options.maxBatchRecords, this.#maxRecords * 2);
      return 0;
    }
    this.#failures += 1;
    this.#lastError = delivery.error;
    if (delivery.kind === "retry") return Math.max(delivery.afterMs ?? 0, this.#backoffMs());
    if (count === 1) {
      this.#backlog.remove(1);
      this.#events?.onLost("rejected", 1);
    }
    this.#maxRecords = Math.max(1, Math.floor(count / 2));
    return 0;
  }

  /** Twice as long for each failure in a row, of which a random half is waited for. */
  #backoffMs(): number {
    const { minRetryMs, maxRetryMs, random } = this.#options;
    const mostMs = Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(this.#tries, 30));
    this.#tries += 1;
    return Math.max(1, mostMs / 2 + (mostMs / 2) * random());
  }
}
