import type { DecideOptions, Decision, DecisionOutcome, Question } from "../decision.ts";
import type { DataInput } from "../policy-instance.ts";

export interface PoolDecideOptions extends DecideOptions {
  /** Gives the question up: it is not asked if it still waits, and nobody hears of its answer otherwise. */
  readonly signal?: AbortSignal | undefined;
}

export interface PoolCloseOptions {
  /** So long may what was asked still be decided; 5 000 unless given. */
  readonly graceMs?: number | undefined;
}

/** What a pool is at, and what became of what it was asked. */
export interface PoolStats {
  readonly workers: number;
  /** Those that have loaded the policy. */
  readonly ready: number;
  /** Questions that wait for a worker, and their inputs in bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Questions that are with workers. */
  readonly running: number;
  readonly answered: number;
  /** Refused because the queue was full. */
  readonly saturated: number;
  readonly aborted: number;
  /** Workers that were stopped and replaced: at a deadline, out of memory, or gone for another reason. */
  readonly deadlines: number;
  readonly memory: number;
  readonly crashes: number;
}

/** Decides in threads of its own; a policy that runs away costs one decision. */
export interface DecisionPool {
  readonly entrypoints: readonly string[];
  /**
   * As `decide` of an instance, by the data that stands when it is called. The input is taken at once: changing it
   * afterwards changes nothing.
   *
   * @throws EvaluationError DEADLINE_EXCEEDED, MEMORY_EXCEEDED, POOL_SATURATED, INSTANCE_CLOSED, and as of an instance
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   */
  decide(input: unknown, entrypoint: string, options?: PoolDecideOptions): Promise<Decision>;
  /**
   * Answers in the order of the questions; one that fails leaves the others alone. The iterable is read as there is
   * room, so inputs must not change before its promise is resolved. All are decided by the data of the call.
   */
  decideMany(questions: Iterable<Question>): Promise<DecisionOutcome[]>;
  /**
   * Replaces the data for whatever is asked afterwards; resolved when every worker has it. All or nothing.
   *
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   * @throws EvaluationError MEMORY_EXCEEDED, DEADLINE_EXCEEDED, POOL_SATURATED, INSTANCE_CLOSED
   */
  setData(data: DataInput): Promise<void>;
  /** As `patchData` of an instance, in the order of `setData`. */
  patchData(path: readonly string[], value: DataInput | undefined): Promise<void>;
  stats(): PoolStats;
  /** Takes no more questions, lets those that were asked be decided, then ends the threads. Never rejected. */
  close(options?: PoolCloseOptions): Promise<void>;
}
