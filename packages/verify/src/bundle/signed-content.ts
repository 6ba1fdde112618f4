import { createHash } from "node:crypto";
import { digestOf, FormatError, parseDigest, rawDigest, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import type { BundleContent } from "./bundle.ts";
import type { HashOutput } from "../keys/hash-output.ts";
import type { HashName } from "../keys/signature.ts";
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
  /** The hash that a message is signed through; SHA-256 for an envelope, whose key may choose another. */
  readonly hash: HashName;
  /** The digest of the signed bytes by that hash. */
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

/** An artifact with the digest that names it, and with its digests by other hashes: undefined without its bytes. */
export interface AboutArtifact {
  readonly artifact: Artifact;
  readonly digest: Digest;
  readonly digestBy: (hash: HashName) => Buffer | undefined;
}

/** What a bundle must be about: an artifact, or any subject, for lists that are no statement about one. */
export type About = AboutArtifact | "any subject";

/**
 * What all bundles of one verification are held against. Each hash is computed once and kept as long as this is, in which
 * nobody else may write to the bytes: whoever sends many bundles must not choose how often a large artifact is hashed.
 */
export function toAbout(artifact: Artifact, digest: Digest): AboutArtifact {
  const known = new Map<HashName, Buffer>([["sha256", Buffer.from(rawDigest(digest))]]);
  return {
    artifact,
    digest,
    digestBy: (hash) => {
      const computed = known.get(hash) ?? ("bytes" in artifact ? hashOf(hash, artifact.bytes) : undefined);
      if (computed !== undefined) known.set(hash, computed);
      return computed;
    },
  };
}

/**
 * Checks that the bundle is about this artifact: its message digest is the artifact's, or its statement has the artifact
 * among its subjects. About any subject there can be a statement only. Returns what the signature must be over; the
 * signature itself is not checked here.
 * @throws VerificationError DIGEST_MISMATCH, SUBJECT_MISMATCH, STATEMENT_INVALID
 * @throws FormatError INPUT_INVALID for a message through SHA-384 or SHA-512 when only the artifact's digest is given
 */
export function toSignedContent(content: BundleContent, about: About): SignedContent {
  if (content.kind === "envelope") return toSignedEnvelope(content, about);
  if (about === "any subject") {
    throw new VerificationError("STATEMENT_INVALID", "The bundle signs a file; a signed statement is needed here.");
  }
  const { hash } = content.digest;
  const { artifact } = about;
  return {
    kind: "message",
    signature: content.signature,
    bytes: "bytes" in artifact ? artifact.bytes : undefined,
    hash,
    digest: checkMessageDigest(content.digest, about),
    payloadDigest: undefined,
    payload: undefined,
    statement: undefined,
  };
}

/** The artifact's digest by the hash that the message names, as it was computed here. */
function checkMessageDigest({ hash, value }: HashOutput, { digestBy }: AboutArtifact): Buffer {
  const digest = digestBy(hash);
  if (digest === undefined) {
    throw new FormatError(
      "INPUT_INVALID",
      `The bundle signs the artifact through its ${hash}, which its SHA-256 does not tell; give the file.`,
    );
  }
  if (digest.equals(value)) return digest;
  throw new VerificationError(
    "DIGEST_MISMATCH",
    `The bundle is over ${hash}:${value.toString("hex")}, the artifact has ${hash}:${digest.toString("hex")}; they do not belong together.`,
  );
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
    hash: "sha256",
    digest: hashOf("sha256", bytes),
    payloadDigest: hashOf("sha256", content.payload),
    payload: content.payload,
    statement,
  };
}

/** PAE of the DSSE protocol, v1: type and payload, each with its length, so neither can run into the other. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function hashOf(hash: HashName, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}
