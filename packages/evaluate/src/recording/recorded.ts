import type { DecideOptions, Decision, DecisionOutcome, Question } from "../decision.ts";
import type { PolicyInstance } from "../policy-instance.ts";
import type { DecisionPool, PoolDecideOptions } from "../pool/decision-pool.ts";
import type { DecisionContext, DecisionRecorder, DecisionTime, PendingRecord, PolicyIdentity } from "./recorder.ts";

/** A decision, and the id under which it is on record. */
export interface RecordedDecision extends Decision {
  readonly decisionId: string;
}

export interface RecordedInstance {
  readonly entrypoints: readonly string[];
  /** As `decide` of the instance; whether it answers or throws, it is recorded. */
  decide(input: unknown, entrypoint: string, options?: DecideOptions & DecisionContext): RecordedDecision;
  /** As `decideMany` of the instance; the records tell no times. */
  decideMany(questions: Iterable<Question>, context?: DecisionContext): DecisionOutcome[];
}

export interface RecordedPool {
  readonly entrypoints: readonly string[];
  /** As `decide` of the pool; whether it answers or not, it is recorded. */
  decide(input: unknown, entrypoint: string, options?: PoolDecideOptions & DecisionContext): Promise<RecordedDecision>;
}

/**
 * Ties an instance to a recorder. Data, limits and closing stay the instance's own matter.
 *
 * @param policy what the instance was made of: a decision that fails does not say
 */
export function recordInstance(
  instance: PolicyInstance,
  recorder: DecisionRecorder,
  policy: PolicyIdentity,
): RecordedInstance {
  const begin = (input: unknown, entrypoint: string, context: DecisionContext | undefined): PendingRecord =>
    recorder.begin({ input, entrypoint, policy, context });
  return Object.freeze({
    entrypoints: instance.entrypoints,
    decide(input: unknown, entrypoint: string, options?: DecideOptions & DecisionContext): RecordedDecision {
      const pending = begin(input, entrypoint, options);
      const time = stopwatch("evaluation");
      let decision: Decision;
      try {
        decision = instance.decide(input, entrypoint, options);
      } catch (error) {
        pending.end({ error }, time());
        throw error;
      }
      pending.end({ decision }, time());
      return { ...decision, decisionId: pending.decisionId };
    },
    decideMany(questions: Iterable<Question>, context?: DecisionContext): DecisionOutcome[] {
      const asked = [...questions];
      const pending = asked.map(({ input, entrypoint }) => begin(input, entrypoint, context));
      let outcomes: DecisionOutcome[];
      try {
        outcomes = instance.decideMany(asked);
      } catch (error) {
        for (const each of pending) each.end({ error });
        throw error;
      }
      for (const [index, outcome] of outcomes.entries()) pending[index]?.end(outcome);
      return outcomes;
    },
  });
}

/** As `recordInstance`, of a pool. */
export function recordPool(pool: DecisionPool, recorder: DecisionRecorder, policy: PolicyIdentity): RecordedPool {
  return Object.freeze({
    entrypoints: pool.entrypoints,
    async decide(
      input: unknown,
      entrypoint: string,
      options?: PoolDecideOptions & DecisionContext,
    ): Promise<RecordedDecision> {
      const pending = recorder.begin({ input, entrypoint, policy, context: options });
      const time = stopwatch("handling");
      const decision = await pool.decide(input, entrypoint, options).catch((error: unknown) => {
        pending.end({ error }, time());
        throw error;
      });
      pending.end({ decision }, time());
      return { ...decision, decisionId: pending.decisionId };
    },
  });
}

function stopwatch(kind: DecisionTime["kind"]): () => DecisionTime {
  const startNs = process.hrtime.bigint();
  return () => ({ kind, nanoseconds: Number(process.hrtime.bigint() - startNs) });
}
