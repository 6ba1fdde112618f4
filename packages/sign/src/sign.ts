import { createPublicKey } from "node:crypto";
import { assertBundleLatest, bundleToJSON, toDSSEBundle, toMessageSignatureBundle } from "@sigstore/bundle";
import type { Bundle } from "@sigstore/bundle";
import { ConfigError } from "@policy-pack/pack";
import { preAuthEncoding } from "./envelope.ts";
import { keyFacts } from "./keys/key-kind.ts";
import { toMessage } from "./message.ts";
import type { Message } from "./message.ts";
import type { Envelope, KeySigner, Signature, SignedContent, Signer, Witness } from "./ports.ts";
import type { ContentKind } from "./services/log-keys.ts";

/** The payload type of every statement: an in-toto statement as JSON. */
export const STATEMENT_PAYLOAD_TYPE = "application/vnd.in-toto+json";

export interface SigningParties {
  readonly signer: Signer | KeySigner;
  /** Asked at the same time; the bundle lists their answers in this order. */
  readonly witnesses: readonly Witness[];
}

/**
 * Signs the artifact, given as its bytes or as a message that streams them, and returns the JSON text of a Sigstore bundle v0.3: a message signature with the
 * artifact's SHA-256, the leaf certificate alone (or a key hint), and what the witnesses answered.
 * The bundle is not verified here: what a signer or a witness answers is packed as it came.
 * Source: Sigstore bundle format v0.3, `application/vnd.dev.sigstore.bundle.v0.3+json`.
 * @throws ConfigError SIGNER_UNAVAILABLE, SIGNING_FAILED from the signer or a witness; KEY_INVALID for a key that a
 * witness does not take, before anything is signed
 */
export async function signBlob(artifact: Uint8Array | Message, parties: SigningParties): Promise<string> {
  const message = "chunks" in artifact ? artifact : toMessage(artifact);
  checkWitnesses(parties, "message");
  const signature = await parties.signer.sign(message);
  const content: SignedContent = { ...signature, digest: message.digest };
  const bundle = toMessageSignatureBundle({
    digest: Buffer.from(content.digest),
    signature: Buffer.from(content.signature),
    ...verificationMaterial(signature),
  });
  return witnessed(bundle, content, parties.witnesses);
}

/**
 * Signs an in-toto statement, given as its exact JSON bytes, in a DSSE envelope and returns the JSON text of a Sigstore
 * bundle v0.3. The envelope's key id stays empty, since cosign refuses any other in a bundle.
 * The statement is not read: whether it is in-toto, and about what, is the caller's to ensure.
 * Source: DSSE v1 protocol, Sigstore bundle format v0.3.
 * @throws ConfigError SIGNER_UNAVAILABLE, SIGNING_FAILED from the signer or a witness; KEY_INVALID for a key that a
 * witness does not take, before anything is signed
 */
export async function signStatement(statement: Uint8Array, parties: SigningParties): Promise<string> {
  const envelope: Envelope = { payloadType: STATEMENT_PAYLOAD_TYPE, payload: statement };
  const message = toMessage(preAuthEncoding(envelope));
  checkWitnesses(parties, "statement");
  const signature = await parties.signer.sign(message);
  const content: SignedContent = { ...signature, digest: message.digest, envelope };
  const bundle = toDSSEBundle({
    artifact: Buffer.from(statement),
    artifactType: envelope.payloadType,
    signature: Buffer.from(content.signature),
    ...verificationMaterial(signature),
  });
  for (const entry of bundle.content.dsseEnvelope.signatures) entry.keyid = "";
  return witnessed(bundle, content, parties.witnesses);
}

/** A key that a witness does not take is an error before the key's holder or anyone else is asked. */
function checkWitnesses({ signer, witnesses }: SigningParties, content: ContentKind): void {
  if (!("publicKey" in signer)) return;
  const facts = keyFacts(createPublicKey(signer.publicKey));
  for (const witness of witnesses) witness.checkKey?.(facts, content);
}

function verificationMaterial({ key }: Signature): { certificateChain: false; certificate?: Buffer; keyHint?: string } {
  return key.kind === "certificate"
    ? { certificateChain: false, certificate: Buffer.from(key.certificate) }
    : { certificateChain: false, keyHint: key.hint };
}

async function witnessed(bundle: Bundle, content: SignedContent, witnesses: readonly Witness[]): Promise<string> {
  const answers = await Promise.all(witnesses.map((witness) => witness.testify(content)));
  const material = bundle.verificationMaterial;
  material.tlogEntries = answers.flatMap((answer) => answer.logEntries ?? []);
  material.timestampVerificationData = {
    rfc3161Timestamps: answers
      .flatMap((answer) => answer.timestamps ?? [])
      .map((timestamp) => ({ signedTimestamp: Buffer.from(timestamp) })),
  };
  checkBundle(bundle);
  return JSON.stringify(bundleToJSON(bundle));
}

/** A signer's or witness's answer that no verifier could read is an error now, not at the first verifier. */
function checkBundle(bundle: Bundle): void {
  try {
    assertBundleLatest(bundle);
  } catch (error) {
    throw new ConfigError(
      "SIGNING_FAILED",
      "What the signer and its witnesses answered makes no complete bundle; sign again, or use another instance.",
      { cause: error },
    );
  }
}
