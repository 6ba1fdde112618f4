import {
  ConfigError,
  ERROR_CODES,
  EvaluationError,
  FormatError,
  TransportError,
  TrustError,
  VerificationError,
} from "@policy-pack/pack";
import type { CodeOf, ErrorCode, ErrorKind, PolicyPackError } from "@policy-pack/pack";

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
export function toError(code: ErrorCode, message: string): PolicyPackError {
  if (isOf(code, "config")) return new ConfigError(code, message);
  if (isOf(code, "format")) return new FormatError(code, message);
  if (isOf(code, "verification")) return new VerificationError(code, message);
  if (isOf(code, "trust")) return new TrustError(code, message);
  if (isOf(code, "transport")) return new TransportError(code, message);
  return new EvaluationError(code, message);
}

function isOf<Kind extends ErrorKind>(code: ErrorCode, kind: Kind): code is CodeOf<Kind> {
  return ERROR_CODES[code].kind === kind;
}
