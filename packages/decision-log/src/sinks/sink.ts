import type { ChainHead } from "../chain.ts";
import type { DropReason } from "../drops.ts";

/** What a sink has to say of itself. */
export interface SinkStats {
  /** Records that it passed on. */
  readonly delivered: number;
  /** Records that it keeps for later. */
  readonly pending: number;
  /** Tries that failed, and why the last one did. */
  readonly failures: number;
  readonly lastError?: string;
}

/** How a sink was found when it was opened. */
export interface SinkState {
  /** The chain that it already holds; a new one begins without it. */
  readonly head?: ChainHead | undefined;
  /** Records that it lost since. */
  readonly lost?: { readonly reason: DropReason; readonly count: number } | undefined;
}

export interface SinkEvents {
  /** Records that it had taken will never be where they should. */
  onLost(reason: DropReason, count: number): void;
}

/** Where records go. Each sink has a chain of its own, so that none has holes because another was full. */
export interface LogSink {
  readonly name: string;
  /** Before anything else, once. */
  open(events: SinkEvents): Promise<SinkState>;
  /** Takes one line, without its line feed, or says why not. Never throws, never waits. */
  write(line: Buffer): DropReason | undefined;
  /** Passes on what it keeps as soon as it can; resolved when that is done, or can no longer be waited for. */
  flush(timeoutMs: number): Promise<void>;
  /** As `flush`, then lets go of what it holds; what is left is lost, and counted by `onLost`. */
  close(graceMs: number): Promise<void>;
  stats(): SinkStats;
}
