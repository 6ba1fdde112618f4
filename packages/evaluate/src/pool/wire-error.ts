import {
  ConfigError,
  ERROR_CODES,
  EvaluationError,
  FormatError,
  messageOf,
  PolicyPackError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
import type { CodeOf, ErrorCode } from "@policy-pack/pack";

/** An error as it goes from thread to thread: classes do not survive the way. */
export interface WireError {
  readonly message: string;
  /** Undefined for a TypeError: a wrong argument. */
  readonly code?: ErrorCode;
}

export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof PolicyPackError) return { message: thrown.message, code: thrown.code };
  if (thrown instanceof TypeError) return { message: thrown.message };
  return { message: `A worker failed: ${messageOf(thrown)}.`, code: "EVALUATION_FAILED" };
}

const CLASSES = {
  config: ConfigError,
  format: FormatError,
  verification: VerificationError,
  trust: TrustError,
  transport: TransportError,
  evaluation: EvaluationError,
} as const;

export function fromWireError({ message, code }: WireError): PolicyPackError | TypeError {
  if (code === undefined) return new TypeError(message);
  const { kind } = ERROR_CODES[code];
  const Class = CLASSES[kind] as new (code: CodeOf<typeof kind>, message: string) => PolicyPackError;
  return new Class(code, message);
}
