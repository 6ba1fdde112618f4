import type { DropCounts, DropReason } from "../drops.ts";
import { DropCounter } from "../drops.ts";
import { newChain, sealRecord } from "../chain.ts";
import type { ChainHead, RecordFields } from "../chain.ts";
import type { LogSink, SinkStats } from "./sink.ts";

/** A sink and its chain. What does not get into it is counted, and the next record that does is preceded by the count. */
export class ChainedSink {
  readonly #sink: LogSink;
  readonly #toGap: (dropped: DropCounts) => RecordFields;
  readonly #dropped = new DropCounter();
  /** Not yet on record. */
  readonly #untold = new DropCounter();
  #head: ChainHead = newChain();
  #isWriting = false;

  private constructor(sink: LogSink, toGap: (dropped: DropCounts) => RecordFields) {
    this.#sink = sink;
    this.#toGap = toGap;
  }

  /** @param toGap makes the record that stands for those that are not there */
  static async open(sink: LogSink, toGap: (dropped: DropCounts) => RecordFields): Promise<ChainedSink> {
    const chained = new ChainedSink(sink, toGap);
    const { head, lost } = await sink.open({
      onLost: (reason, count) => {
        chained.drop(reason, count);
      },
    });
    if (head !== undefined) chained.#head = head;
    if (lost !== undefined) chained.drop(lost.reason, lost.count);
    return chained;
  }

  get name(): string {
    return this.#sink.name;
  }

  get head(): ChainHead {
    return this.#head;
  }

  drop(reason: DropReason, count = 1): void {
    this.#dropped.add(reason, count);
    this.#untold.add(reason, count);
  }

  /** Why it was not taken, or undefined. */
  write(fields: RecordFields): DropReason | undefined {
    const reason = this.#tellGap() ?? this.#append(fields);
    if (reason !== undefined) this.drop(reason);
    return reason;
  }

  async flush(timeoutMs: number): Promise<void> {
    this.#tellGap();
    await this.#sink.flush(timeoutMs);
  }

  async close(graceMs: number): Promise<void> {
    this.#tellGap();
    await this.#sink.close(graceMs);
  }

  stats(): SinkStats & { readonly name: string; readonly dropped: DropCounts; readonly head: ChainHead } {
    return { name: this.name, ...this.#sink.stats(), dropped: this.#dropped.counts(), head: this.#head };
  }

  #tellGap(): DropReason | undefined {
    if (this.#untold.isEmpty) return undefined;
    if (this.#isWriting) return "sink_failed";
    const told = this.#untold.counts();
    const reason = this.#append(this.#toGap(told));
    if (reason === undefined) this.#untold.subtract(told);
    return reason;
  }

  #append(fields: RecordFields): DropReason | undefined {
    // A sink that decides while it takes a record would put another one in its place.
    if (this.#isWriting) return "sink_failed";
    this.#isWriting = true;
    const { line, head } = sealRecord(fields, this.#head);
    const reason = this.#pass(line);
    if (reason === undefined) this.#head = head;
    this.#isWriting = false;
    return reason;
  }

  /** Whoever wrote the sink: what it throws is no reason to decide otherwise. */
  #pass(line: Buffer): DropReason | undefined {
    try {
      return this.#sink.write(line);
    } catch {
      return "sink_failed";
    }
  }
}
