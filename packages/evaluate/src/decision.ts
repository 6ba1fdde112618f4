import { EvaluationError } from "@policy-pack/pack";
import type { Digest, JsonValue, PolicyPackError } from "@policy-pack/pack";

/**
 * What a policy answers. An integer that a double would change is a bigint, any other number is the nearest double; a
 * set is a sorted array, and a key that is no string is the JSON text of that key.
 */
export type DecisionValue =
  null | boolean | number | bigint | string | readonly DecisionValue[] | { readonly [key: string]: DecisionValue };

/** A builtin that had no answer for its operands, so that the expression which called it was undefined. */
export interface BuiltinErrorReport {
  /** As Rego calls it. */
  readonly builtin: string;
  readonly message: string;
}

export interface Decision {
  readonly value: DecisionValue;
  readonly revision: string;
  readonly digest: Digest;
  /** In the order of the calls, the first 100; those of native builtins are known to the module alone. */
  readonly builtinErrors: readonly BuiltinErrorReport[];
}

/** Both make a decision repeatable: the same input, data, time and seed have the same answer. */
export interface DecideOptions {
  /** Nanoseconds since 1970 for `time.now_ns`, instead of the instance's clock. */
  readonly now?: bigint | undefined;
  /** `rand.intn` and `uuid.rfc4122` draw from SHA-256 of this text, instead of the instance's source. */
  readonly seed?: string | undefined;
}

/** One of `decideMany`. */
export interface Question {
  readonly input: unknown;
  readonly entrypoint: string;
  readonly options?: DecideOptions | undefined;
}

/** A decision, or why there is none. */
export type DecisionOutcome =
  | { readonly decision: Decision; readonly error?: undefined }
  | { readonly error: PolicyPackError | TypeError; readonly decision?: undefined };

/**
 * For consumers that take nothing but JSON with doubles.
 *
 * @throws EvaluationError EVALUATION_FAILED when an integer is beyond what a double carries
 */
export function toPlainJson(value: DecisionValue): JsonValue {
  checkPlain(value);
  return value;
}

function checkPlain(value: DecisionValue): asserts value is JsonValue {
  if (typeof value === "bigint") {
    throw new EvaluationError(
      "EVALUATION_FAILED",
      `The decision holds the number ${String(value).slice(0, 40)}, which a double would change; return it as a string.`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  for (const item of Object.values<DecisionValue>(value)) checkPlain(item);
}
