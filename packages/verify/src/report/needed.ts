import type { ErrorCode } from "@policy-pack/pack";

/** What would have to be there for the step to hold, by the code of what failed. */
const NEEDED: Readonly<Partial<Record<ErrorCode, string>>> = {
  BUNDLE_INVALID: "a well-formed Sigstore bundle (v0.1 to v0.3) with nothing in it that is unknown",
  LIMIT_EXCEEDED: "input within the limits",
  INPUT_INVALID: "the artifact's bytes, since this signature cannot be checked from the digest alone",
  DIGEST_MISMATCH: "a bundle over this very artifact, or the artifact that the bundle is over",
  SUBJECT_MISMATCH: "a statement that names the artifact's digest among its subjects",
  STATEMENT_INVALID: "a signature of the artifact itself, or where a statement is wanted, an in-toto statement",
  KEY_MISMATCH: "a signature by a key that the policy names",
  IDENTITY_MISMATCH: "a signature by an identity that the policy names, vouched for by its issuer",
  TIMESTAMP_INVALID:
    "a proven signing time: a timestamp of an authority, or an entry of a log, that the trusted root lists",
  TIMESTAMP_MISSING: "timestamps over this signature by as many distinct authorities as the policy demands",
  LOG_ENTRY_INVALID: "a log entry about this very signature, key and content, from a log that the trusted root lists",
  LOG_ENTRY_MISSING: "entries in as many distinct transparency logs as are demanded (one, for a certificate)",
  INCLUSION_PROOF_INVALID: "an inclusion proof that leads to a checkpoint that the log signed",
  CERTIFICATE_INVALID: "a certificate for code signing that leads to the trusted root and was valid when it signed",
  SCT_INVALID: "a promise of a certificate transparency log that the trusted root lists",
  SIGNATURE_INVALID: "a signature over exactly these bytes by the key of the bundle",
  SIGNING_TIME_REJECTED: "a proven signing time within what the policy and the signer's rule accept",
  DENYLISTED: "an artifact, signer and revision that the denylist does not name",
  THRESHOLD_NOT_MET: "signatures by more of the signers that the policy names",
  PREDICATE_MISSING: "the bundle of an attestation of this type, by a signer that the policy accepts for it",
  PREDICATE_REJECTED: "an attestation whose content satisfies the policy",
  METADATA_MISSING: "the current list, signed by those whom the policy names for it",
  METADATA_INVALID: "a list in a form that this version understands",
  METADATA_EXPIRED: "a list that has not expired, and a clock that is right",
  METADATA_ROLLBACK: "a list at least as new as the newest that was accepted before",
  PAUSED: "a newer status that lifts the pause",
  ARCHIVE_INVALID: "a pack in the one form that packs have",
  MANIFEST_INVALID: "a pack whose manifest is well formed",
  PACK_MISMATCH: "the pack that the policy names",
  REVISION_ROLLBACK: "a revision at least as new as the policy demands",
};

export function neededFor(code: ErrorCode): string {
  return NEEDED[code] ?? "what the message names";
}
