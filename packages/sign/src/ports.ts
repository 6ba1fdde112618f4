import type { TransparencyLogEntry } from "@sigstore/bundle";
import type { KeyFacts } from "./keys/key-kind.ts";
import type { Message } from "./message.ts";
import type { ContentKind } from "./services/log-keys.ts";

/** A transparency log entry with its proof, in the field names of Sigstore's protobuf. */
export type LogEntry = TransparencyLogEntry;

/** What a verifier needs to check a signature: the leaf certificate, or a hint that names a key it already holds. */
export type SigningKey =
  | { readonly kind: "certificate"; readonly certificate: Uint8Array /* DER */ }
  | { readonly kind: "publicKey"; readonly spki: Uint8Array /* DER */; readonly hint: string };

export interface Signature {
  readonly signature: Uint8Array;
  readonly key: SigningKey;
}

/** Holds, or reaches, a private key. */
export interface Signer {
  /** Signs the message: its bytes, which it hashes itself with SHA-256, or its digest, as a key out of reach does. */
  sign(message: Message): Promise<Signature>;
}

/** A signer whose one key is known before it signs. */
export interface KeySigner extends Signer {
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

/** What was signed, for those who witness it. */
export interface SignedContent extends Signature {
  /** SHA-256 of the signed bytes: of the artifact, or of the envelope's pre-authentication encoding. */
  readonly digest: Uint8Array;
  readonly envelope?: Envelope;
}

/** A DSSE envelope without its signature. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
}

export interface WitnessAnswer {
  readonly logEntries?: readonly LogEntry[];
  /** RFC 3161 responses (DER) over the signature. */
  readonly timestamps?: readonly Uint8Array[];
}

/** A third party that says when or where it saw a signature: a transparency log or a timestamp authority. */
export interface Witness {
  /** Asked before anything is signed with a key that is known: whether its signatures are taken here. Throws if not. */
  checkKey?(key: KeyFacts, content: ContentKind): void;
  testify(content: SignedContent): Promise<WitnessAnswer>;
}
