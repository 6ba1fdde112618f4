import { createInstance, createPool, recordInstance, recordPool } from "@policy-pack/evaluate";
import type {
  DecideOptions,
  Decision,
  DecisionContext,
  DecisionRecorder,
  InstanceOptions,
  PolicyIdentity,
  PoolCloseOptions,
  PoolDecideOptions,
  PoolOptions,
  PoolStats,
} from "@policy-pack/evaluate";
import type { PackContents } from "@policy-pack/pack";

/** How a loaded policy decides, and who is told. */
export interface DeciderOptions {
  /** The clock, limits and so on of `createInstance` of @policy-pack/evaluate; not together with `pool`. */
  readonly instance?: InstanceOptions | undefined;
  /** Decide in threads, each decision with a deadline, by these options of `createPool`. */
  readonly pool?: PoolOptions | undefined;
  /** Told of every decision: what `createDecisionLog` of @policy-pack/decision-log makes, or one of your own. */
  readonly recorder?: DecisionRecorder | undefined;
}

/** A decision; with a recorder also the id under which it is on record. */
export interface LoadedDecision extends Decision {
  readonly decisionId?: string;
}

/** In the calling thread, without waiting. */
export interface Decider {
  readonly entrypoints: readonly string[];
  /**
   * Asks one entrypoint, in memory and without waiting. An undefined decision throws: it never reads as allow.
   * @throws EvaluationError ENTRYPOINT_UNKNOWN, BUILTIN_FAILED, EVALUATION_FAILED, DECISION_UNDEFINED, MEMORY_EXCEEDED
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   * @throws EvaluationError DECISION_LOG_FAILED when the recorder demands that every decision is on record
   */
  decide(input: unknown, entrypoint: string, options?: DecideOptions & DecisionContext): LoadedDecision;
}

/** In a pool of threads. */
export interface PooledDecider {
  readonly entrypoints: readonly string[];
  /**
   * As `decide` without a pool, but rejected instead of thrown.
   * @throws EvaluationError DEADLINE_EXCEEDED, POOL_SATURATED, INSTANCE_CLOSED too
   */
  decide(input: unknown, entrypoint: string, options?: PoolDecideOptions & DecisionContext): Promise<LoadedDecision>;
  stats(): PoolStats;
  /** Lets what was asked be decided within the grace, and ends the threads. A policy that is replaced is closed. */
  close(options?: PoolCloseOptions): Promise<void>;
}

/** @throws TypeError where options contradict each other */
export function checkDecider({ instance, pool }: DeciderOptions): void {
  if (instance === undefined || pool === undefined) return;
  throw new TypeError("Give either instance or pool: a policy decides here or in threads.");
}

/** @throws what `createInstance` throws */
export async function createDecider(contents: PackContents, options: DeciderOptions): Promise<Decider> {
  const instance = await createInstance(contents, options.instance);
  const { recorder } = options;
  return recorder === undefined ? instance : recordInstance(instance, recorder, identityOf(contents));
}

/** @throws what `createPool` throws */
export async function createPooledDecider(
  contents: PackContents,
  pooled: PoolOptions,
  { recorder }: DeciderOptions,
): Promise<PooledDecider> {
  const pool = await createPool(contents, pooled);
  const { decide } = recorder === undefined ? bound(pool) : recordPool(pool, recorder, identityOf(contents));
  return {
    entrypoints: pool.entrypoints,
    decide,
    stats: () => pool.stats(),
    close: (options) => pool.close(options),
  };
}

function bound(pool: Pick<PooledDecider, "decide">): Pick<PooledDecider, "decide"> {
  return { decide: (input, entrypoint, options) => pool.decide(input, entrypoint, options) };
}

function identityOf({ digest, revision, packId }: PackContents): PolicyIdentity {
  return { digest, revision, packId };
}
