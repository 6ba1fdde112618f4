import { fdatasyncSync, ftruncateSync, writeSync } from "node:fs";

import { messageOf } from "@policy-pack/pack";

import type { DropReason } from "../drops.ts";
import { openLog } from "./open-log.ts";
import type { OpenLog } from "./open-log.ts";
import type { LogSink, SinkState, SinkStats } from "./sink.ts";

/** Writes each record to disk before it says that it took it. */
export class InstantFileSink implements LogSink {
  readonly name: string;
  readonly #path: string;
  #open: OpenLog | undefined;
  #end = 0;
  #delivered = 0;
  #failures = 0;
  #lastError: string | undefined;

  constructor(path: string) {
    this.name = `file ${path}`;
    this.#path = path;
  }

  async open(): Promise<SinkState> {
    this.#open = await openLog(this.#path);
    this.#end = this.#open.end;
    return this.#open.state;
  }

  write(line: Buffer): DropReason | undefined {
    const fd = this.#open?.file.fd;
    if (fd === undefined) return "closed";
    const bytes = Buffer.concat([line, Buffer.from("\n")]);
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(fd, bytes, written, bytes.length - written, this.#end + written);
      }
      fdatasyncSync(fd);
    } catch (thrown) {
      this.#failures += 1;
      this.#lastError = messageOf(thrown);
      this.#cut(fd);
      return "sink_failed";
    }
    this.#end += bytes.length;
    this.#delivered += 1;
    return undefined;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    this.#cut(open.file.fd);
    await open.file.close().catch(() => undefined);
    open.unlock();
  }

  stats(): SinkStats {
    const lastError = this.#lastError === undefined ? {} : { lastError: this.#lastError };
    return { delivered: this.#delivered, pending: 0, failures: this.#failures, ...lastError };
  }

  /** The part of a line that was written; if that fails too, the next line is written over it. */
  #cut(fd: number): void {
    try {
      ftruncateSync(fd, this.#end);
    } catch {
      // Said already: the record was not taken.
    }
  }
}
