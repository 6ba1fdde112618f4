import { digestFromHex, isJsonObject, LIMITS, messageOf, parseJson, VerificationError } from "@policy-pack/pack";
import type { Digest, JsonObject } from "@policy-pack/pack";
import { array, oneOf, openObject, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { malformed } from "../encoding/malformed.ts";

export interface Subject {
  readonly name: string | undefined;
  /** Undefined when the subject is named by another kind of digest only. */
  readonly digest: Digest | undefined;
}

/** An in-toto statement (v0.1 or v1): what someone says about the artifacts that are its subjects. */
export interface Statement {
  readonly type: (typeof STATEMENT_TYPES)[number];
  readonly subjects: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT_TYPES = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"] as const;

const digests: Field<Readonly<Record<string, string>>> = (value) => {
  if (!isJsonObject(value)) return malformed("must be an object");
  const entries = Object.entries(value).map(([algorithm, digest]) => [algorithm, text(digest)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : malformed("must not be empty");
};

const subject: Field<Subject> = (value) => {
  const { name, digest } = subjectFields(value);
  const { sha256 } = digest;
  return { name, digest: sha256 === undefined ? undefined : digestFromHex(sha256) };
};

/** ResourceDescriptor of the in-toto attestation framework; only the digest is used to find an artifact. */
const subjectFields = openObject({ name: optional(text), digest: digests });

const predicate: Field<JsonObject> = (value) => {
  if (value === undefined) return {};
  return isJsonObject(value) ? value : malformed("must be an object");
};

/** in-toto lets statements grow, and what stands in one is signed: unknown fields are left alone. */
const statementFields = openObject({
  _type: oneOf(...STATEMENT_TYPES),
  subject: array(subject, VERIFY_LIMITS.maxSubjects),
  predicateType: text,
  predicate,
});

/**
 * Reads the payload of an envelope as an in-toto statement. Whether anyone signed it is not looked at.
 * @throws VerificationError STATEMENT_INVALID
 */
export function parseStatement(payload: Uint8Array): Statement {
  try {
    const value = parseJson(payload, { maxBytes: LIMITS.maxBundleBytes, code: "INPUT_INVALID", what: "The statement" });
    const { _type: type, subject: subjects, predicateType, predicate: said } = statementFields(value);
    if (subjects.length === 0) malformed("has no subject");
    if (predicateType === "") malformed("has no predicate type");
    return { type, subjects, predicateType, predicate: said };
  } catch (cause) {
    throw new VerificationError(
      "STATEMENT_INVALID",
      `The signed payload is not an in-toto statement: ${messageOf(cause)}. Only statements v0.1 and v1 are accepted.`,
      { cause },
    );
  }
}
