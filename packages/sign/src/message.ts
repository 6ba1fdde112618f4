import { createHash, createSign, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { FormatError } from "@policy-pack/pack";
import { SIGN_LIMITS } from "./limits.ts";

/** What is signed: its SHA-256 and its bytes in pieces, so that a large file never stands in memory whole. */
export interface Message {
  /** SHA-256 of all the bytes: 32 bytes. */
  readonly digest: Uint8Array;
  /** The bytes in order, from the start at each call. A piece holds only until the next is asked for: copy what is kept. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A message whose bytes are in memory already. */
export function toMessage(bytes: Uint8Array): Message {
  return { digest: createHash("sha256").update(bytes).digest(), chunks: () => [bytes] };
}

/**
 * The key's signature over the bytes: ECDSA (DER) or RSA PKCS #1 v1.5, both with SHA-256 whatever the key's size, in
 * constant memory; Ed25519, which reads the bytes twice, over all of them at once.
 * That the pieces are those of the digest is not checked: verify the signature against the digest.
 * Source: FIPS 186-5; RFC 8017, 8.2; RFC 8032, 5.1.6.
 * @throws FormatError LIMIT_EXCEEDED for more bytes than an Ed25519 key signs
 */
export async function signMessage(message: Message, privateKey: KeyObject): Promise<Uint8Array> {
  if (privateKey.asymmetricKeyType === "ed25519") return sign(null, await wholeOf(message), privateKey);
  const signing = createSign("sha256");
  for await (const chunk of message.chunks()) signing.update(chunk);
  return signing.sign(privateKey);
}

async function wholeOf(message: Message): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of message.chunks()) {
    size += chunk.byteLength;
    if (size > SIGN_LIMITS.maxEd25519Bytes) throw tooLarge();
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

function tooLarge(): FormatError {
  return new FormatError(
    "LIMIT_EXCEEDED",
    `An Ed25519 key signs the bytes themselves, in memory, and at most ${SIGN_LIMITS.maxEd25519Bytes} of them; ` +
      "sign a larger file with a P-256 key, which signs its digest.",
  );
}
