import { ERROR_CODES } from "./error-codes.ts";
import type { CodeOf, ErrorCode, ErrorKind } from "./error-codes.ts";

/** Process exit status by class; 1 is kept for the unexpected. */
const EXIT_CODES: Readonly<Record<ErrorKind, number>> = Object.freeze({
  config: 2,
  format: 3,
  verification: 4,
  trust: 5,
  transport: 6,
  evaluation: 7,
});

/** HTTP status by class, for codes that name none of their own. */
const HTTP_STATUS: Readonly<Record<ErrorKind, number>> = Object.freeze({
  config: 500,
  format: 422,
  verification: 422,
  trust: 403,
  transport: 502,
  evaluation: 500,
});

export interface ErrorOptions {
  /** What a dependency threw, kept for the log. */
  readonly cause?: unknown;
  /** Overrides the code's default, as an HTTP status of 503 does for FETCH_STATUS. */
  readonly retryable?: boolean;
}

/** What a `--json` answer and an RFC 9457 problem carry of an error. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/**
 * The base of every error that policy-pack reports. The message says what happened, on what, and what to do next;
 * programs compare `code`, which never changes its meaning.
 */
export abstract class PolicyPackError<Kind extends ErrorKind = ErrorKind> extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly exitCode: number;
  readonly httpStatus: number;

  constructor(code: CodeOf<Kind>, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const row: { kind: ErrorKind; retryable: boolean; httpStatus?: number } = ERROR_CODES[code];
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? row.retryable;
    this.exitCode = EXIT_CODES[row.kind];
    this.httpStatus = row.httpStatus ?? HTTP_STATUS[row.kind];
  }

  /** What may be shown to anyone: never the cause or the stack. */
  toJSON(): ErrorReport {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}

/** The operator's mistake: a flag, a source folder, a missing tool. Exit 2. */
export class ConfigError extends PolicyPackError<"config"> {}

/** Bytes are malformed or over a limit. Exit 3, HTTP 422. */
export class FormatError extends PolicyPackError<"format"> {}

/** Well formed, but not proven: a digest, signature, chain, log or time does not hold. Exit 4, HTTP 422. */
export class VerificationError extends PolicyPackError<"verification"> {}

/** Proven, but not accepted: another signer, too few, too old, denied. Exit 5, HTTP 403. */
export class TrustError extends PolicyPackError<"trust"> {}

/** It could not be fetched. Exit 6, HTTP 502, 404 or 503. */
export class TransportError extends PolicyPackError<"transport"> {}

/** The policy could not decide. Exit 7, HTTP 500. Never to be read as allow. */
export class EvaluationError extends PolicyPackError<"evaluation"> {}

/** The text of anything thrown, strings and foreign-realm errors included. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) return String(thrown.message);
  return String(thrown);
}

/** The `code` of a Node system error such as ENOENT, or undefined. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
