export type { Capabilities, HttpCapability, LookupCapability } from "./capabilities/capabilities.ts";
export { HOST_BUILTINS } from "./builtins/registry.ts";
export { toPlainJson } from "./decision.ts";
export type {
  BuiltinErrorReport,
  DecideOptions,
  Decision,
  DecisionOutcome,
  DecisionValue,
  Question,
} from "./decision.ts";
export { createInstance } from "./instance.ts";
export { JsonText, jsonText } from "./json-text.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export type { EvaluationLimits } from "./limits.ts";
export { compilePolicy, requiredBuiltins } from "./module/compiled-policy.ts";
export type { CompiledPolicy } from "./module/compiled-policy.ts";
export { requiredCapabilities } from "./module/requirements.ts";
export type { DataInput, InstanceOptions, PolicyContents, PolicyInstance } from "./policy-instance.ts";
export { createPool } from "./pool/create-pool.ts";
export type { DecisionPool, PoolCloseOptions, PoolDecideOptions, PoolStats } from "./pool/decision-pool.ts";
export { POOL_DEFAULTS } from "./pool/options.ts";
export type { PoolOptions } from "./pool/options.ts";
export { recordInstance, recordPool } from "./recording/recorded.ts";
export type { RecordedDecision, RecordedInstance, RecordedPool } from "./recording/recorded.ts";
export type {
  DecisionContext,
  DecisionRecorder,
  DecisionTime,
  PendingRecord,
  PolicyIdentity,
  RecordedQuestion,
} from "./recording/recorder.ts";
