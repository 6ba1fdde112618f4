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
export { SIMULATE_LIMITS } from "./limits.ts";
export { DEFAULT_OUTCOME_RULES, outcomeOf, outcomeRuleOf } from "./outcomes/outcome.ts";
export { parseOutcomeRules } from "./outcomes/outcome-rules.ts";
export { createDecider, packageOf, SIMULATION_TIME_NS } from "./decide/decider.ts";
export type { Decider, DecidingPack, Question } from "./decide/decider.ts";
export { diffPacks } from "./diff/diff-packs.ts";
export type { DiffOptions } from "./diff/diff-packs.ts";
export { smallerThan } from "./diff/shrink.ts";
export { totalFlips } from "./diff/tally.ts";
export { checkBudget, requireBudget } from "./budget/check-budget.ts";
export { parseBudget, parseMigrationNote } from "./budget/parse-budget.ts";
export { toDecisionDiffPredicate } from "./budget/predicate.ts";
export { parseRecordedCases, toCaseInputs } from "./cases/recorded-case.ts";
export type { RecordedCase } from "./cases/recorded-case.ts";
export { diffText } from "./reports/text.ts";
export { failedCaseText } from "./reports/words.ts";
export type { TextLook } from "./reports/layout.ts";
export { diffMarkdown } from "./reports/markdown.ts";
export { diffHtml } from "./reports/page.ts";
export { drawInputs, generateInputs } from "./generator/generate.ts";
export type { DrawOptions, GenerateOptions } from "./generator/generate.ts";
export { toInputModel } from "./generator/pack-model.ts";
export type { GeneratorPack } from "./generator/pack-model.ts";
export { simulateBaseline, simulatePack } from "./baseline/simulate-pack.ts";
export type { SimulateOptions, SimulationRun } from "./baseline/simulate-pack.ts";
export { encodeBaseline, toBaseline } from "./baseline/to-baseline.ts";
export { parseBaseline } from "./baseline/parse-baseline.ts";
export { BASELINE_TOLERANCE, checkBaseline, requireBaseline } from "./baseline/check-baseline.ts";
export type { CheckOptions } from "./baseline/check-baseline.ts";
