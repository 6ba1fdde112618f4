/** Caps on what one instance may take; each with its reason. */
export interface EvaluationLimits {
  /** Linear memory of the module in bytes, rounded down to 64 KiB pages: a policy that allocates without end stops here. */
  readonly maxMemoryBytes: number;
  /** The input document as UTF-8 JSON, in bytes: the parsed form takes about ten times as much. */
  readonly maxInputBytes: number;
  /** Nesting of the input: OPA's parser recurses, and a cycle has no end. */
  readonly maxInputDepth: number;
}

export const DEFAULT_LIMITS: EvaluationLimits = Object.freeze({
  maxMemoryBytes: 512 * 1024 * 1024,
  maxInputBytes: 16 * 1024 * 1024,
  maxInputDepth: 128,
});
