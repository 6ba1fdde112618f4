import { createHash } from "node:crypto";
import { digestOf, parseDigest, rawDigest, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { BundleContent } from "./bundle.ts";
import { IN_TOTO_PAYLOAD_TYPE, parseStatement } from "./statement.ts";
import type { Statement } from "./statement.ts";

/** The artifact itself, or its SHA-256 digest alone. */
export type Artifact = { readonly bytes: Uint8Array } | { readonly digest: Digest };

/** What stands under the signature. */
export interface SignedContent {
  readonly kind: BundleContent["kind"];
  readonly signature: Buffer;
  /** The bytes that were signed; undefined when only the artifact's digest is known. */
  readonly bytes: Uint8Array | undefined;
  /** Their SHA-256. */
  readonly digest: Buffer;
  /** SHA-256 of the envelope's payload alone, which some log entries record. */
  readonly payloadDigest: Buffer | undefined;
  readonly payload: Buffer | undefined;
  readonly statement: Statement | undefined;
}

/**
 * The artifact's digest, computed from its bytes when they are given.
 * @throws FormatError INPUT_INVALID when what is given is no digest
 */
export function digestOfArtifact(artifact: Artifact): Digest {
  return "bytes" in artifact ? digestOf(artifact.bytes) : parseDigest(artifact.digest);
}

/** What a bundle must be about: an artifact with its digest, or any subject, for lists that are no statement about one. */
export type About = { readonly artifact: Artifact; readonly digest: Digest } | "any subject";

/**
 * Checks that the bundle is about this artifact: its message digest is the artifact's, or its statement has the artifact
 * among its subjects. About any subject there can be a statement only. Returns what the signature must be over; the
 * signature itself is not checked here.
 * @throws VerificationError DIGEST_MISMATCH, SUBJECT_MISMATCH, STATEMENT_INVALID
 */
export function toSignedContent(content: BundleContent, about: About): SignedContent {
  if (content.kind === "envelope") return toSignedEnvelope(content, about);
  if (about === "any subject") {
    throw new VerificationError("STATEMENT_INVALID", "The bundle signs a file; a signed statement is needed here.");
  }
  const { artifact, digest } = about;
  if (content.digest !== digest) {
    throw new VerificationError(
      "DIGEST_MISMATCH",
      `The bundle is over ${content.digest}, the artifact has ${digest}; they do not belong together.`,
    );
  }
  const bytes = "bytes" in artifact ? artifact.bytes : undefined;
  return {
    kind: "message",
    signature: content.signature,
    bytes,
    digest: Buffer.from(rawDigest(digest)),
    payloadDigest: undefined,
    payload: undefined,
    statement: undefined,
  };
}

function toSignedEnvelope(content: Extract<BundleContent, { kind: "envelope" }>, about: About): SignedContent {
  if (content.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw new VerificationError(
      "STATEMENT_INVALID",
      `The envelope holds "${content.payloadType.slice(0, 100)}"; only ${IN_TOTO_PAYLOAD_TYPE} is accepted.`,
    );
  }
  const statement = parseStatement(content.payload);
  if (about !== "any subject" && !statement.subjects.some((subject) => subject.digest === about.digest)) {
    throw new VerificationError(
      "SUBJECT_MISMATCH",
      `The signed statement does not name ${about.digest} among its subjects; it is about something else.`,
    );
  }
  const bytes = preAuthEncoding(content.payloadType, content.payload);
  return {
    kind: "envelope",
    signature: content.signature,
    bytes,
    digest: sha256(bytes),
    payloadDigest: sha256(content.payload),
    payload: content.payload,
    statement,
  };
}

/** PAE of the DSSE protocol, v1: type and payload, each with its length, so neither can run into the other. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
