import { STATUS_CODES } from "node:http";
import { MEDIA_TYPES, PolicyPackError } from "@policy-pack/pack";
import type { ErrorCode } from "@policy-pack/pack";

/**
 * Problem details (RFC 9457). The type is always `about:blank`: status and code say what there is to say, and the title
 * is the status's phrase. `error` holds the contract's words for those who compare them.
 */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly error: string;
  /** From the table of error codes; absent where the status says everything. */
  readonly code?: ErrorCode;
}

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = Object.freeze({
  PACK_NOT_FOUND: "unknown pack",
  PACK_NOT_BUILT: "pack not built yet",
  ATTESTATION_UNAVAILABLE: "attestation not available",
  TOKEN_INVALID: "token refused",
  TOKEN_EXPIRED: "token expired",
  TOKEN_FORBIDDEN: "not granted",
  EVIDENCE_INVALID: "evidence refused",
  EVIDENCE_CONFLICT: "other evidence is kept",
  LIMIT_EXCEEDED: "over a limit",
  STORE_FAILED: "evidence store failed",
  METRICS_UNAVAILABLE: "metrics not available",
  QUERY_REFUSED: "query refused",
});

/** Error answers are never stored: a pack may be built a moment later. */
export const PROBLEM_HEADERS = Object.freeze({ "content-type": MEDIA_TYPES.problem, "cache-control": "no-store" });

/** A problem without a code of its own. */
export function createProblem(status: number, error: string, detail: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, error };
}

/**
 * The problem that stands for anything thrown. Only the messages of the server's own errors go out; those of others may
 * name paths or hold what was sent.
 */
export function toProblem(thrown: unknown): Problem {
  if (isOwn(thrown)) return ownProblem(thrown);
  const status = clientStatusOf(thrown);
  if (status === undefined) {
    return createProblem(500, "internal error", "The server failed; its log says why. Try again later.");
  }
  const title = (STATUS_CODES[status] ?? "Bad Request").toLowerCase();
  return createProblem(status, title, "The request is malformed; see the interface's description.");
}

function ownProblem(thrown: PolicyPackError): Problem {
  const error = WORDS[thrown.code];
  if (error === undefined) return toProblem(undefined);
  return { ...createProblem(thrown.httpStatus, error, thrown.message), code: thrown.code };
}

function isOwn(thrown: unknown): thrown is PolicyPackError {
  return thrown instanceof PolicyPackError;
}

/** The status of an error that Fastify lays at the client's door. */
function clientStatusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== "object" || thrown === null || !("statusCode" in thrown)) return undefined;
  const { statusCode } = thrown;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

/** The bytes of a problem's answer. */
export function encodeProblem(problem: Problem): Buffer {
  return Buffer.from(`${JSON.stringify(problem)}\n`);
}
