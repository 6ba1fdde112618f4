/**
 * The closed table of error codes: which class a code belongs to and whether trying again can help.
 * Codes are stable: never renamed, never reused. `docs/errors.md` explains each; a test ties the two together.
 */

export type ErrorKind = "config" | "format" | "verification" | "trust" | "transport" | "evaluation";

interface CodeRow {
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly httpStatus?: number;
}

const config = { kind: "config", retryable: false } as const;
const format = { kind: "format", retryable: false } as const;
const verification = { kind: "verification", retryable: false } as const;
const trust = { kind: "trust", retryable: false } as const;
const transport = { kind: "transport", retryable: false } as const;
const evaluation = { kind: "evaluation", retryable: false } as const;

export const ERROR_CODES = Object.freeze({
  CONFIG_INVALID: config,
  SOURCE_INVALID: config,
  SOURCE_TESTS_FAILED: config,
  OUTPUT_FAILED: config,
  TOOL_MISSING: config,
  TOOL_FAILED: config,
  AUTHORITY_INVALID: config,
  AUTHORITY_LOCKED: { kind: "config", retryable: true },
  SIGNER_UNAVAILABLE: config,
  SIGNING_FAILED: config,
  KEY_INVALID: config,
  CONTRACT_UNRELEASED: config,
  CONTRACT_ALTERED: config,
  CHAIN_BROKEN: config,
  CONTRACT_NARROWED: config,
  LIFECYCLE_INVALID: config,
  DEVELOPMENT_SIGNATURE: config,
  MANIFEST_OUTDATED: config,
  BASELINE_OUTDATED: config,
  DECISION_LOG_LOCKED: { kind: "config", retryable: true },
  PARITY_FAILED: config,

  MANIFEST_INVALID: format,
  BUNDLE_INVALID: format,
  TRUSTED_ROOT_INVALID: format,
  ARCHIVE_INVALID: format,
  LIMIT_EXCEEDED: format,
  INPUT_INVALID: format,
  METADATA_INVALID: format,
  BASELINE_INVALID: format,
  DECISION_LOG_INVALID: format,
  EVIDENCE_INVALID: format,
  EVIDENCE_CONFLICT: { kind: "format", retryable: false, httpStatus: 409 },
  QUERY_REFUSED: { kind: "format", retryable: false, httpStatus: 400 },

  DIGEST_MISMATCH: verification,
  SIGNATURE_INVALID: verification,
  CERTIFICATE_INVALID: verification,
  SCT_INVALID: verification,
  LOG_ENTRY_INVALID: verification,
  INCLUSION_PROOF_INVALID: verification,
  TIMESTAMP_INVALID: verification,
  STATEMENT_INVALID: verification,
  DECISION_LOG_BROKEN: verification,
  SUBJECT_MISMATCH: verification,

  IDENTITY_MISMATCH: trust,
  KEY_MISMATCH: trust,
  THRESHOLD_NOT_MET: trust,
  PREDICATE_MISSING: trust,
  PREDICATE_REJECTED: trust,
  SIGNING_TIME_REJECTED: trust,
  LOG_ENTRY_MISSING: trust,
  TIMESTAMP_MISSING: trust,
  PACK_MISMATCH: trust,
  REVISION_ROLLBACK: trust,
  METADATA_MISSING: trust,
  METADATA_EXPIRED: trust,
  METADATA_ROLLBACK: trust,
  DENYLISTED: trust,
  PAUSED: trust,
  BASELINE_EXCEEDED: trust,
  DIFF_BUDGET_EXCEEDED: trust,
  PROMOTION_REFUSED: trust,
  EVIDENCE_INSUFFICIENT: trust,
  TOKEN_INVALID: { kind: "trust", retryable: false, httpStatus: 401 },
  TOKEN_EXPIRED: { kind: "trust", retryable: false, httpStatus: 401 },
  TOKEN_FORBIDDEN: trust,

  FETCH_FAILED: { kind: "transport", retryable: true },
  FETCH_STATUS: transport,
  FETCH_TIMEOUT: { kind: "transport", retryable: true },
  FETCH_REJECTED: transport,
  PACK_NOT_FOUND: { kind: "transport", retryable: false, httpStatus: 404 },
  PACK_NOT_BUILT: { kind: "transport", retryable: true, httpStatus: 503 },
  STORE_FAILED: { kind: "transport", retryable: true, httpStatus: 503 },
  METRICS_UNAVAILABLE: { kind: "transport", retryable: true, httpStatus: 503 },
  ATTESTATION_UNAVAILABLE: { kind: "transport", retryable: true, httpStatus: 503 },

  WASM_INVALID: evaluation,
  ENTRYPOINT_UNKNOWN: evaluation,
  BUILTIN_FAILED: evaluation,
  EVALUATION_FAILED: evaluation,
  DECISION_UNDEFINED: evaluation,
  CAPABILITY_MISSING: evaluation,
  DEADLINE_EXCEEDED: evaluation,
  MEMORY_EXCEEDED: evaluation,
  POOL_SATURATED: { kind: "evaluation", retryable: true, httpStatus: 503 },
  INSTANCE_CLOSED: evaluation,
  DECISION_LOG_FAILED: { kind: "evaluation", retryable: true, httpStatus: 503 },
} as const satisfies Record<string, CodeRow>);

export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes of one class, so that `new FormatError("DENYLISTED", …)` does not compile. */
export type CodeOf<Kind extends ErrorKind> = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]["kind"] extends Kind ? Code : never;
}[ErrorCode];
