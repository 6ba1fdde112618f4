import type { RegoValue } from "../values.ts";

/** What a builtin may ask of the decision that it serves. */
export interface BuiltinContext {
  /** The decision's time in nanoseconds since 1970, the same at every call of one decision. */
  now(): bigint;
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
