import type { Digest, PolicyPackError } from "@policy-pack/pack";

import type { Decision, DecisionOutcome, Question } from "../decision.ts";
import type { DataInput } from "../policy-instance.ts";
import { takerOf } from "./arena.ts";
import type { InputArena, TakenInput } from "./arena.ts";
import { Crew, watchdogLimits } from "./crew.ts";
import type { DataKeeper } from "./data-keeper.ts";
import type { DecisionPool, PoolCloseOptions, PoolDecideOptions, PoolStats } from "./decision-pool.ts";
import { QuestionGroup, SinglePromise } from "./group.ts";
import { plainOptions, settleJob } from "./job.ts";
import type { Job, Settler } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import { outcomeReader } from "./outcomes.ts";
import type { PoolSettings } from "./options.ts";
import type { Handing } from "./plan.ts";
import type { WorkerStart } from "./protocol.ts";
import { closedError, saturatedError, unknownEntrypointError, unreadableError } from "./refusals.ts";

type Reason = PolicyPackError | TypeError;

export interface PoolParts {
  /** The workers' program. */
  readonly entry: URL;
  readonly settings: PoolSettings;
  readonly entrypoints: readonly string[];
  readonly keeper: DataKeeper;
  readonly arena: InputArena;
  readonly handing: Handing;
  readonly identity: { readonly digest: Digest; readonly revision: string };
  readonly start: Pick<WorkerStart, "policy" | "contents" | "options">;
}

/** Who asks, by which version of the data, and how inputs are taken. */
interface Asker {
  readonly settler: Settler;
  /** The latest when there is none. */
  readonly epoch?: number;
  readonly take: (input: unknown) => TakenInput;
}

const DEFAULT_GRACE_MS = 5_000;
/** Batches for every worker twice over: none waits for the caller's iterable. */
const WINDOW_BATCHES = 5;

export class ThreadPool implements DecisionPool {
  readonly entrypoints: readonly string[];
  readonly #parts: PoolParts;
  readonly #queue: JobQueue;
  readonly #crew: Crew;
  readonly #places: ReadonlyMap<string, number>;
  readonly #take = (input: unknown): TakenInput => this.#parts.arena.take(input);
  readonly #groups = new Map<QuestionGroup, number>();
  readonly #counts = { saturated: 0, aborted: 0 };
  #state: "open" | "draining" | "closed" = "open";
  #broken: Reason | undefined;
  #onChange: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: PoolParts) {
    const { settings, keeper, handing, identity } = parts;
    this.#parts = parts;
    this.entrypoints = parts.entrypoints;
    this.#places = new Map(parts.entrypoints.map((name, index) => [name, index]));
    this.#queue = new JobQueue(settings);
    this.#crew = new Crew({
      size: settings.size,
      queue: this.#queue,
      history: keeper.history,
      handing,
      deadlineMs: settings.deadlineMs,
      slotOptions: (epoch) => this.#slotOptions(epoch),
      toOutcomes: outcomeReader(identity),
      onProgress: () => {
        this.#progress();
      },
      onVerdict: (epoch, refusal) => {
        keeper.judge(epoch, refusal);
      },
      onBroken: (reason) => {
        this.#broken = reason;
        void this.#end(reason);
      },
    });
  }

  /** Resolved when every worker has loaded the policy; otherwise the pool is closed. */
  async whenReady(): Promise<void> {
    await this.#until(() => this.#broken !== undefined || this.#crew.ready === this.#parts.settings.size);
    if (this.#broken !== undefined) throw this.#broken;
  }

  decide(input: unknown, entrypoint: string, options?: PoolDecideOptions): Promise<Decision> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#state !== "open") return Promise.reject(this.#broken ?? closedError());
    const single = new SinglePromise();
    const asked = this.#ask({ input, entrypoint, options }, 0, { settler: single, take: this.#take });
    if (!isJob(asked)) return Promise.reject(asked);
    if (signal !== undefined) this.#obey(signal, asked, single);
    return single.promise;
  }

  decideMany(questions: Iterable<Question>): Promise<DecisionOutcome[]> {
    if (this.#state !== "open") return Promise.reject(this.#broken ?? closedError());
    const { size, maxQueue } = this.#parts.settings;
    const window = Math.min(Math.ceil(maxQueue / 2), WINDOW_BATCHES * size * this.#parts.handing.maxBatchJobs);
    const epoch = this.#epoch;
    const take = takerOf(this.#parts.arena);
    const ask = (question: Question, settler: Settler, index: number): Reason | undefined => {
      const asked = this.#ask(question, index, { settler, epoch, take });
      return isJob(asked) ? undefined : asked;
    };
    const group = new QuestionGroup(questions, ask, window);
    this.#groups.set(group, epoch);
    this.#queue.hold(epoch);
    this.#progress();
    return group.promise;
  }

  async setData(data: DataInput): Promise<void> {
    this.#checkOpen();
    await this.#update(this.#parts.keeper.set(data));
  }

  async patchData(path: readonly string[], value: DataInput | undefined): Promise<void> {
    this.#checkOpen();
    await this.#update(this.#parts.keeper.patch(path, value));
  }

  stats(): PoolStats {
    return {
      workers: this.#crew.workers,
      ready: this.#crew.ready,
      waiting: this.#queue.length,
      waitingBytes: this.#queue.bytes,
      running: this.#crew.jobs,
      ...this.#counts,
      ...this.#crew.counts,
    };
  }

  close({ graceMs = DEFAULT_GRACE_MS }: PoolCloseOptions = {}): Promise<void> {
    this.#closing ??= this.#drain(graceMs);
    return this.#closing;
  }

  get #epoch(): number {
    return this.#parts.keeper.history.latest;
  }

  #slotOptions(epoch: number) {
    const { entry, settings, start, keeper } = this.#parts;
    const { base, patches } = keeper.stateAt(epoch);
    const { maxHeapBytes, loadTimeoutMs, deadlineMs } = settings;
    return {
      entry,
      start: { ...start, data: base, patches },
      epoch,
      maxHeapBytes,
      loadTimeoutMs,
      watchdog: watchdogLimits(deadlineMs),
    };
  }

  /** The job in the queue, or why there is none. */
  #ask(question: Question, index: number, { settler, epoch, take }: Asker): Job | Reason {
    if (this.#state === "closed") return this.#broken ?? closedError();
    try {
      const entrypoint = this.#places.get(question.entrypoint);
      if (entrypoint === undefined) return unknownEntrypointError(question.entrypoint, this.entrypoints);
      if (!this.#queue.hasRoom(0)) return this.#refuse();
      const options = plainOptions(question.options);
      const { bytes, start, end } = take(question.input);
      if (!this.#queue.hasRoom(end - start)) return this.#refuse();
      const job: Job = {
        bytes,
        start,
        end,
        entrypoint,
        options,
        // After the input's getters, which may have changed the data: before, nobody might decide by that any more.
        epoch: epoch ?? this.#epoch,
        settler,
        index,
        isOpen: true,
        isWaiting: false,
        isAlone: false,
      };
      this.#queue.push(job);
      this.#crew.schedule();
      return job;
    } catch (thrown) {
      return unreadableError(thrown);
    }
  }

  #refuse(): Reason {
    this.#counts.saturated += 1;
    return saturatedError(this.#queue.length);
  }

  #obey(signal: AbortSignal, job: Job, single: SinglePromise): void {
    const abort = (): void => {
      if (!job.isOpen) return;
      job.isOpen = false;
      this.#queue.noteSettled(job);
      this.#counts.aborted += 1;
      single.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    single.onSettled = () => {
      signal.removeEventListener("abort", abort);
    };
  }

  #checkOpen(): void {
    if (this.#state !== "open") throw this.#broken ?? closedError();
  }

  #update(applied: Promise<void>): Promise<void> {
    this.#crew.schedule();
    return applied;
  }

  /** Something was decided, loaded or lost. */
  #progress(): void {
    for (const [group, epoch] of this.#groups) {
      // Also where nothing was asked of a worker, who would go on with it: all may have been refused.
      if (group.pump(() => this.#queue.hasRoom(0))) this.#crew.schedule();
      if (!group.isDone) continue;
      this.#groups.delete(group);
      this.#queue.release(epoch);
      this.#crew.schedule();
    }
    this.#parts.keeper.pass(this.#crew.epoch);
    this.#onChange?.();
  }

  async #until(isSo: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#onChange = undefined;
        resolve();
      };
      this.#onChange = look;
      look();
    });
  }

  async #drain(graceMs: number): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "draining";
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      this.#onChange?.();
    }, timerMs(graceMs));
    await this.#until(() => isOver || this.#state === "closed" || this.#isIdle());
    clearTimeout(timer);
    await this.#end(closedError());
  }

  #isIdle(): boolean {
    return (
      this.#queue.length === 0 && this.#crew.jobs === 0 && this.#groups.size === 0 && this.#parts.keeper.pending === 0
    );
  }

  async #end(reason: Reason): Promise<void> {
    this.#state = "closed";
    const { jobs, ended } = this.#crew.stop();
    for (const job of [...jobs, ...this.#queue.drain()]) settleJob(job, { error: reason });
    for (const group of this.#groups.keys()) group.end(reason);
    this.#progress();
    this.#parts.keeper.close(reason);
    await ended;
  }
}

/** Node takes a longer time as none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function timerMs(ms: number): number {
  return Math.min(ms, MAX_TIMER_MS);
}

function isJob(asked: Job | Reason): asked is Job {
  return "settler" in asked;
}
