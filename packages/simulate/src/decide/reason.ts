import { canonicalJson, digestOf, hexOf, isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { CaseDecision } from "./case-decision.ts";

/** Prefixes and marks that names are built with are no part of a code. */
const CODE = /^(?!code-|text-|error\.)[A-Za-z0-9_./-]{1,64}$/;
const MAX_MESSAGE = 60;

/** One side of a comparison: the decision, and what the package's `reasons` entrypoint says beside it. */
export interface Side extends Pick<CaseDecision, "outcome" | "error"> {
  /** As `wordOf` writes the value. */
  readonly word: string;
  /** Reason codes joined by `+`; empty when nothing explains. */
  readonly codes: string;
}

/** The reason codes of a `reasons` answer as one text. */
export function codesOf(reasons: JsonValue | undefined): string {
  return joinCodes(reasonCodes(reasons));
}

/**
 * The reason codes in what a `reasons` entrypoint answers, sorted, each once: the `code` of its objects, its texts. A
 * text that is no code is spelled as one without its digits, so that one message with other numbers stays one reason.
 */
export function reasonCodes(reasons: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(reasons)) return [];
  const codes = (reasons as readonly JsonValue[]).map((item) => {
    if (typeof item === "string") return CODE.test(item) ? item : slugOf(item);
    const code = isJsonObject(item) ? item["code"] : undefined;
    if (typeof code !== "string") return hashOf(canonicalJson(code ?? null));
    // Spelled some other way it could be taken for another code, and a note that names that one would cover it.
    return CODE.test(code) ? code : hashOf(code);
  });
  return [...new Set(codes)].sort();
}

/** The codes as one text: joined by `+`, and beyond eight by a digest of them all. */
export function joinCodes(codes: readonly string[]): string {
  if (codes.length <= SIMULATE_LIMITS.maxReasonCodes) return codes.join("+");
  return `${codes.slice(0, SIMULATE_LIMITS.maxReasonCodes).join("+")}+more-${hashOf(codes.join("\n"))}`;
}

/** A value in a word that is the same for every value of its kind, short texts and booleans apart. */
export function wordOf({ value, error }: CaseDecision): string {
  if (value === undefined) return `error.${error ?? "DECISION_UNDEFINED"}`;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return CODE.test(value) ? value : "text";
  if (typeof value === "number") return "number";
  return Array.isArray(value) ? "list" : "object";
}

function slugOf(message: string): string {
  const kept = message.toLowerCase().replaceAll(/[0-9]+(?:[.,][0-9]+)*/g, "n");
  const slug = `text-${kept.replaceAll(/[^a-z]+/g, "_").slice(0, MAX_MESSAGE)}`;
  // Two messages whose words are lost would be one reason, and a note that names the one would cover the other.
  return kept.length <= MAX_MESSAGE && /^[a-z ,.]*$/.test(kept) ? slug : `${slug}-${partOfDigest(kept)}`;
}

function hashOf(text: string): string {
  return `code-${partOfDigest(text)}`;
}

function partOfDigest(text: string): string {
  return hexOf(digestOf(Buffer.from(text))).slice(0, 12);
}
