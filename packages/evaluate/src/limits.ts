import { ConfigError } from "@policy-pack/pack";

/** Caps on what one instance may take; each with its reason. */
export interface EvaluationLimits {
  /** Linear memory of the module in bytes, rounded down to 64 KiB pages: a policy that allocates without end stops here. */
  readonly maxMemoryBytes: number;
  /** The input document as UTF-8 JSON, in bytes: the parsed form takes about ten times as much. */
  readonly maxInputBytes: number;
  /** Nesting of the input: OPA's parser recurses, and a cycle has no end. */
  readonly maxInputDepth: number;
}

/** One text out of the module, such as a decision: parsed it takes many times as much, outside of the module's cap. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

export const DEFAULT_LIMITS: EvaluationLimits = Object.freeze({
  maxMemoryBytes: 512 * 1024 * 1024,
  maxInputBytes: 16 * 1024 * 1024,
  maxInputDepth: 128,
});

/** What a 32-bit module can address, and how deep its parser was seen to go with room to spare. */
const CEILINGS: EvaluationLimits = Object.freeze({
  maxMemoryBytes: 4 * 1024 * 1024 * 1024,
  maxInputBytes: 1024 * 1024 * 1024,
  maxInputDepth: 512,
});

const NAMES = ["maxMemoryBytes", "maxInputBytes", "maxInputDepth"] as const;

/**
 * Fills in the defaults.
 *
 * @throws ConfigError CONFIG_INVALID for a cap that is no whole number from 1 up to its ceiling
 */
export function resolveLimits(limits: Partial<EvaluationLimits> = {}): EvaluationLimits {
  const resolved = { ...DEFAULT_LIMITS, ...limits };
  for (const name of NAMES) {
    const [value, ceiling] = [resolved[name], CEILINGS[name]];
    if (Number.isInteger(value) && value >= 1 && value <= ceiling) continue;
    throw new ConfigError("CONFIG_INVALID", `${name} is ${value}; give a whole number from 1 to ${ceiling}.`);
  }
  return Object.freeze(resolved);
}
