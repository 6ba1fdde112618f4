import type { ErrorCode, JsonValue } from "@policy-pack/pack";
import type { Outcome } from "../outcomes/outcome.ts";

/** What one pack says on one input at one entrypoint. */
export interface CaseDecision {
  readonly outcome: Outcome;
  /** Missing exactly when there is an error. */
  readonly value?: JsonValue;
  /** Why there is no decision (DECISION_UNDEFINED, EVALUATION_FAILED, ENTRYPOINT_UNKNOWN, ...): always a DENY. */
  readonly error?: ErrorCode;
}
