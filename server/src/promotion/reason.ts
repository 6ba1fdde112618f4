import { PolicyPackError } from "@policy-pack/pack";

/**
 * What a reason rests on: the pack said it of whole evidence (`policy`), something is not there (`missing`), it is too
 * old (`stale`), it is of another environment or artifact (`elsewhere`), or nothing could be decided (`failed`).
 */
export type ReasonKind = "policy" | "missing" | "stale" | "elsewhere" | "failed";

/** Why a release is not ok. Codes in lower case are the pack's or judging's own, those in capitals are error codes. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly code: string;
  /** For people, on one line. */
  readonly message: string;
}

/** How a reason is told where it is one text. */
export function formatReason({ code, message }: Pick<Reason, "code" | "message">): string {
  return `${code}: ${message}`;
}

/** The reason that a failure is. Of what is not our own error only the log may tell more: it may name paths. */
export function toFailure(thrown: unknown): Reason {
  if (thrown instanceof PolicyPackError) {
    return { kind: "failed", code: thrown.code, message: oneLine(thrown.message) };
  }
  return { kind: "failed", code: "UNEXPECTED", message: "The server failed to judge; its log says why." };
}

const MAX_LENGTH = 1000;

/** Text of someone else's as one line of bounded length, without characters that a terminal acts upon. */
export function oneLine(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim();
}
