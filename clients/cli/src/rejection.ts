import {
  ConfigError,
  ERROR_CODES,
  EvaluationError,
  FormatError,
  PolicyPackError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
import type { CodeOf, ErrorCode, ErrorKind } from "@policy-pack/pack";

/** What is told of a rejection besides its error: the same facts for programs and for people. */
export interface RejectionDetails {
  /** Stand beside `error` with --json. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A verification that ended in a rejection: its error, and the report of how it came to it. */
export class Rejection extends Error {
  readonly error: PolicyPackError;
  readonly details: RejectionDetails;

  constructor(error: PolicyPackError, details: RejectionDetails) {
    super(error.message, { cause: error });
    this.error = error;
    this.details = details;
  }
}

/** The error that a code stands for, as if it had been thrown where the report was made. */
export function toError(code: ErrorCode, message: string, options?: ErrorOptions): PolicyPackError {
  if (isOf(code, "config")) return new ConfigError(code, message, options);
  if (isOf(code, "format")) return new FormatError(code, message, options);
  if (isOf(code, "verification")) return new VerificationError(code, message, options);
  if (isOf(code, "trust")) return new TrustError(code, message, options);
  if (isOf(code, "transport")) return new TransportError(code, message, options);
  return new EvaluationError(code, message, options);
}

/** An error of our own that says which file, or which flag, it is about; anything else as it is. */
export function withPlace(place: string, thrown: unknown): unknown {
  if (!(thrown instanceof PolicyPackError)) return thrown;
  return toError(thrown.code, `${place}: ${thrown.message}`, { cause: thrown });
}

function isOf<Kind extends ErrorKind>(code: ErrorCode, kind: Kind): code is CodeOf<Kind> {
  return ERROR_CODES[code].kind === kind;
}
