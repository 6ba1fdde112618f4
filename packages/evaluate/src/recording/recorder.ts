import type { Digest } from "@policy-pack/pack";

import type { DecisionOutcome } from "../decision.ts";

/** Who asked, for the record alone: no policy sees it. */
export interface DecisionContext {
  /** The caller's address or name. */
  readonly requestedBy?: string | undefined;
  /** The caller's own id for the decision, instead of a fresh one. */
  readonly decisionId?: string | undefined;
  /** W3C trace context, as hexadecimal text. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
}

/** The policy that is asked. */
export interface PolicyIdentity {
  readonly digest: Digest;
  readonly revision: string;
  /** Under which name the record lists the revision; `policy-pack` unless given. */
  readonly packId?: string | undefined;
}

export interface RecordedQuestion {
  readonly input: unknown;
  readonly entrypoint: string;
  readonly policy: PolicyIdentity;
  readonly context: DecisionContext | undefined;
}

/** How long it took: `evaluation` in the calling thread, or `handling` with the time that it waited for a worker. */
export interface DecisionTime {
  readonly kind: "evaluation" | "handling";
  readonly nanoseconds: number;
}

/** A question whose answer is yet to come; the input was taken when it was asked. */
export interface PendingRecord {
  readonly decisionId: string;
  /**
   * Called once with what came out.
   *
   * @throws EvaluationError where a decision that is not recorded must not stand; otherwise never
   */
  end(outcome: DecisionOutcome | { readonly error: unknown }, time?: DecisionTime): void;
}

/**
 * What is told of each decision; `createDecisionLog` of @policy-pack/decision-log makes one. An interface of its own, so
 * that whoever decides needs no log.
 */
export interface DecisionRecorder {
  /** @throws EvaluationError where a decision that is not recorded must not stand; otherwise never */
  begin(question: RecordedQuestion): PendingRecord;
}
