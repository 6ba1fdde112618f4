import { ConfigError, messageOf } from "@policy-pack/pack";

import { SYSTEM_CLOCK } from "../clock.ts";
import { resolveNumbers } from "./numbers.ts";
import { BufferedSink } from "./buffered-sink.ts";
import type { Carrier, Delivery } from "./buffered-sink.ts";
import { InstantFileSink } from "./instant-file-sink.ts";
import { openLog } from "./open-log.ts";
import type { OpenLog } from "./open-log.ts";
import type { LogSink, SinkState } from "./sink.ts";

export interface FileSinkOptions {
  /**
   * When a record is safe: `record`, on disk when the decision is answered, at the cost of a disk's round trip each;
   * `batch`, on disk as soon as what came meanwhile can be written together; `never`, when the system writes it. `batch`
   * unless given.
   */
  readonly sync?: "record" | "batch" | "never" | undefined;
  readonly maxBufferRecords?: number | undefined;
  readonly maxBufferBytes?: number | undefined;
}

const LINE_FEED = Buffer.from("\n");
const SYNC = ["record", "batch", "never"];

/**
 * Appends one line of JSON a record to a file of which this process is the only writer, and goes on with the chain that
 * the file holds. A last line that a crash cut is taken out, and counted in the chain. Nothing is rotated: a log whose
 * file is moved away goes on in the moved one until it is closed.
 *
 * @throws ConfigError CONFIG_INVALID; when opened OUTPUT_FAILED, DECISION_LOG_LOCKED
 * @throws FormatError DECISION_LOG_INVALID when opened on a file that is no log
 */
export function fileSink(path: string, options: FileSinkOptions = {}): LogSink {
  const { sync = "batch" } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("fileSink takes a path");
  if (!SYNC.includes(sync)) {
    throw new ConfigError("CONFIG_INVALID", `sync of the file is ${sync}; give record, batch or never.`);
  }
  const caps = { maxBufferRecords: options.maxBufferRecords, maxBufferBytes: options.maxBufferBytes };
  if (sync === "record") return new InstantFileSink(path);
  return new BufferedSink(new FileCarrier(path, sync === "batch"), {
    clock: SYSTEM_CLOCK,
    ...resolveNumbers(caps, "the file"),
    maxDelayMs: 0,
    random: Math.random,
  });
}

class FileCarrier implements Carrier {
  readonly name: string;
  readonly #path: string;
  readonly #syncs: boolean;
  #open: OpenLog | undefined;
  #end = 0;
  #delivery: Promise<unknown> | undefined;

  constructor(path: string, syncs: boolean) {
    this.name = `file ${path}`;
    this.#path = path;
    this.#syncs = syncs;
  }

  async open(): Promise<SinkState> {
    this.#open = await openLog(this.#path);
    this.#end = this.#open.end;
    return this.#open.state;
  }

  deliver(lines: readonly Buffer[]): Promise<Delivery> {
    const delivery = this.#write(lines);
    this.#delivery = delivery;
    return delivery;
  }

  async #write(lines: readonly Buffer[]): Promise<Delivery> {
    const file = this.#open?.file;
    if (file === undefined) return { kind: "retry", error: "the file is not open" };
    const bytes = Buffer.concat(lines.flatMap((line) => [line, LINE_FEED]));
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, written, bytes.length - written, this.#end + written);
        written += bytesWritten;
      }
      if (this.#syncs) await file.datasync();
    } catch (thrown) {
      return { kind: "retry", error: messageOf(thrown) };
    }
    this.#end += bytes.length;
    return { kind: "done" };
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    // What is cut off while it is still being written would leave a hole.
    await this.#delivery;
    try {
      // Part of a batch that could not be written whole.
      await open.file.truncate(this.#end);
      await open.file.close();
    } catch {
      // The disk is gone: what was lost is counted, and opening the file again takes a torn line out.
    } finally {
      open.unlock();
    }
  }
}
