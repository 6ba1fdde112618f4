export { createInstance } from "./instance.ts";
export type { Decision, InstanceOptions, PolicyContents, PolicyInstance } from "./instance.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export type { EvaluationLimits } from "./limits.ts";
