import { constants, createPublicKey, publicDecrypt, verify, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { FormatError, VerificationError } from "@policy-pack/pack";
import { keyDetailsOf, keyFacts, logLimit, preAuthEncoding } from "@policy-pack/sign";
import type { KeyFacts, RekorVersion, SignedContent, SigningKey } from "@policy-pack/sign";
import { spkiOf } from "./certificates.ts";

/** One PEM block and nothing around it. */
const PEM = /^\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;
const POINT_BYTES = 65;
/** DigestInfo of SHA-256 up to the digest itself (RFC 8017, 9.2, note 1). */
const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

/**
 * The P-256 key in a PEM text.
 * @throws FormatError INPUT_INVALID
 */
export function parseP256Key(pem: string): KeyObject {
  const key = parsing("a public key", () => createPublicKey(pem));
  checkP256(key);
  return key;
}

/**
 * What a log entry names as the signer's key: a certificate or a bare public key, in PEM.
 * @throws FormatError INPUT_INVALID
 */
export function parseVerifier(pem: string): SigningKey {
  const label = PEM.exec(pem)?.[1];
  if (label === undefined) throw new FormatError("INPUT_INVALID", "The request's key is not one PEM block.");
  return label === "CERTIFICATE" ? toCertificate(pem) : toPublicKey(pem);
}

/** The same from DER. */
export function parseCertificate(der: Buffer): SigningKey {
  return toCertificate(der);
}

export function parsePublicKey(der: Buffer): SigningKey {
  return toPublicKey({ key: der, format: "der", type: "spki" });
}

/**
 * A log takes only what its key did sign, by a key of a kind that it takes. Of an envelope the signed bytes are at hand;
 * of a message only the digest is, and Node can only hash and verify in one go: ECDSA goes through @noble/curves, RSA
 * compares the padded block (RFC 8017, 9.2).
 * @throws FormatError INPUT_INVALID, VerificationError SIGNATURE_INVALID
 */
export function checkSigned(content: SignedContent, version: RekorVersion): void {
  const key = publicKeyOf(content.key);
  const limit = logLimit(factsOf(key), content.envelope === undefined ? "message" : "statement", version);
  if (limit !== undefined) throw new FormatError("INPUT_INVALID", `${limit}.`);
  const isSigned = content.envelope === undefined ? isDigestSigned : isEnvelopeSigned;
  if (isSigned(key, content)) return;
  throw new VerificationError("SIGNATURE_INVALID", "The signature is not the named key's over the content.");
}

function isEnvelopeSigned(key: KeyObject, { envelope, signature }: SignedContent): boolean {
  const bytes = envelope === undefined ? Buffer.alloc(0) : preAuthEncoding(envelope);
  return verify(key.asymmetricKeyType === "ed25519" ? null : "sha256", bytes, key, signature);
}

function isDigestSigned(key: KeyObject, { digest, signature }: SignedContent): boolean {
  try {
    if (key.asymmetricKeyType === "rsa") {
      const block = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
      return block.equals(Buffer.concat([SHA256_DIGEST_INFO, digest]));
    }
    const point = spkiOf(key).subarray(-POINT_BYTES);
    return p256.verify(signature, digest, point, { prehash: false, format: "der", lowS: false });
  } catch {
    return false; // Not a signature's encoding: as wrong as any other.
  }
}

/** How a v2 entry describes the key. @throws FormatError INPUT_INVALID for a key that it has no words for */
export function detailsOf(key: SigningKey): string {
  const details = keyDetailsOf(factsOf(publicKeyOf(key)));
  if (details !== undefined) return details;
  throw new FormatError("INPUT_INVALID", "A v2 log takes no signatures by this kind of key.");
}

function factsOf(key: KeyObject): KeyFacts {
  return parsing("one of the kinds that sign", () => keyFacts(key));
}

/**
 * Whoever asks for a certificate must have signed their own name with the key.
 * @throws VerificationError SIGNATURE_INVALID
 */
export function checkPossession(key: KeyObject, subject: string, proof: Uint8Array): void {
  if (verify("sha256", Buffer.from(subject), key, proof)) return;
  throw new VerificationError(
    "SIGNATURE_INVALID",
    "The proof of possession is not the key's over the token's subject.",
  );
}

export function publicKeyOf(key: SigningKey): KeyObject {
  return key.kind === "certificate"
    ? new X509Certificate(key.certificate).publicKey
    : createPublicKey({ key: Buffer.from(key.spki), format: "der", type: "spki" });
}

function toCertificate(source: string | Buffer): SigningKey {
  const certificate = parsing("a certificate", () => new X509Certificate(source));
  return { kind: "certificate", certificate: certificate.raw };
}

function toPublicKey(source: Parameters<typeof createPublicKey>[0]): SigningKey {
  const key = parsing("a public key", () => createPublicKey(source));
  return { kind: "publicKey", spki: spkiOf(key), hint: "" };
}

function parsing<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new FormatError("INPUT_INVALID", `The request's key is not ${what}.`, { cause: error });
  }
}

/**
 * The kind of key that certificates here are given for: Sigstore's clients make no other for one signature.
 * @throws FormatError INPUT_INVALID
 */
function checkP256(key: KeyObject): void {
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return;
  throw new FormatError("INPUT_INVALID", "The key is not a P-256 key, the only kind that is certified here.");
}
