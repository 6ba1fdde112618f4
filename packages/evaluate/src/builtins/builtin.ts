import type { Capabilities } from "../capabilities/capabilities.ts";
import type { RegoValue } from "../values/values.ts";

/** What a builtin may ask of the decision that it serves. */
export interface BuiltinContext {
  /** The decision's time in nanoseconds since 1970, the same at every call of one decision. */
  now(): bigint;
  /** Bytes of the decision's source of randomness, other ones at every call. */
  randomBytes(length: number): Uint8Array;
  /** What `make` answered when the key was first asked for in this decision: one key, one value a decision. */
  once<T>(key: string, make: () => T): T;
  /** What the policy printed, one line at a time. */
  print(line: string): void;
  /** What the caller allows this instance beyond computing. */
  readonly capabilities: Capabilities;
}

/** Returns the value, or throws BuiltinError where OPA's own builtin reports an error. */
export type Builtin = (operands: readonly RegoValue[], context: BuiltinContext) => RegoValue;

/** The builtins of one family by the names that Rego calls them. */
export type BuiltinFamily = Readonly<Record<string, Builtin>>;

/**
 * What OPA reports as a builtin error: the operands have no answer. Outside OPA's strict mode the expression is then
 * undefined, here as there. Anything else that a builtin throws is a defect of the host and stops the decision.
 */
export class BuiltinError extends Error {}
