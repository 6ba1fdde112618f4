export type { Capabilities, HttpCapability, LookupCapability } from "./capabilities/capabilities.ts";
export { HOST_BUILTINS } from "./builtins/registry.ts";
export { createInstance } from "./instance.ts";
export type { Decision, InstanceOptions, PolicyContents, PolicyInstance } from "./instance.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export type { EvaluationLimits } from "./limits.ts";
