import { canonicalJson } from "./canonical-json.ts";
import { hexOf, isDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { FormatError } from "./errors.ts";
import { isJsonObject, parseJson } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { isPredicateType } from "./predicate-types.ts";

/** The `_type` of every statement that policy-pack writes. */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

/** An artifact that a statement is about. */
export interface StatementSubject {
  /** The file's name; left out where only the digest is known. */
  readonly name?: string;
  readonly digest: Digest;
}

export interface StatementContent {
  /** At least one, none twice. */
  readonly subjects: readonly StatementSubject[];
  /** An absolute URI. */
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

/**
 * The exact bytes of an in-toto statement v1, ready to be signed: canonical JSON (RFC 8785), so that the same content
 * always gives the same bytes. Whether the predicate is of its type, or true, is not looked at.
 * Source: in-toto attestation framework v1, "Statement" and "ResourceDescriptor".
 * @throws FormatError INPUT_INVALID for no subject, one that is there twice, a type that is no URI, or a predicate that
 *   JSON cannot hold; LIMIT_EXCEEDED for more than a bundle takes
 */
export function toStatement({ subjects, predicateType, predicate }: StatementContent): Uint8Array {
  checkSubjects(subjects);
  if (!isPredicateType(predicateType)) throw invalid("its predicate type must be an absolute URI");
  if (!isJsonObject(predicate)) throw invalid("its predicate must be a JSON object");
  const text = canonicalJson({ _type: STATEMENT_TYPE, subject: subjects.map(toSubject), predicateType, predicate });
  parseJson(text, { maxBytes: LIMITS.maxStatementBytes, code: "INPUT_INVALID", what: "The statement" });
  return Buffer.from(text);
}

function toSubject({ name, digest }: StatementSubject): JsonObject {
  const digests = { sha256: hexOf(digest) };
  return name === undefined ? { digest: digests } : { name, digest: digests };
}

function checkSubjects(subjects: readonly StatementSubject[]): void {
  const seen = new Set<string>();
  for (const { name, digest } of subjects) {
    if (name === "") throw invalid("a subject's name is empty");
    if (!isDigest(digest)) throw invalid("a subject has no sha256 digest");
    // By the name where there is one: two files may well have the same bytes.
    const key = name ?? digest;
    if (seen.has(key)) throw invalid(`its subject ${JSON.stringify(key.slice(0, 100))} is there twice`);
    seen.add(key);
  }
  if (seen.size === 0) throw invalid("it has no subject");
}

function invalid(why: string): FormatError {
  return new FormatError("INPUT_INVALID", `No statement can be made: ${why}.`);
}
