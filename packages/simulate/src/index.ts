export { GENERATOR_VERSION } from "./generator/version.ts";
export type { CaseInput, InputOrigin } from "./generator/case-input.ts";
export type { BoundaryNumber, BoundaryText, InputModel, PackageModel } from "./generator/input-model.ts";
export type { Outcome, OutcomeRule, OutcomeRules } from "./outcomes/outcome.ts";
export type { CaseDecision } from "./decide/case-decision.ts";
export type {
  DecisionDiff,
  EntrypointDiff,
  FailedCase,
  FlipCounts,
  FlipDirection,
  FlipExample,
  FlipGroup,
  OutcomeCounts,
  PackName,
  Progress,
} from "./diff/decision-diff.ts";
export type {
  Baseline,
  BaselineFlip,
  BaselineVerdict,
  RateChange,
  RecordedDecision,
  RecordedOutcomes,
} from "./baseline/baseline.ts";
export type { BudgetVerdict, DiffBudget, MigrationNote } from "./budget/budget.ts";
