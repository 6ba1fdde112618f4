import { createPublicKey, verify, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { FormatError, VerificationError } from "@policy-pack/pack";
import type { SignedContent, SigningKey } from "@policy-pack/sign";
import { spkiOf } from "./certificates.ts";

/** One PEM block and nothing around it. */
const PEM = /^\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;
const POINT_BYTES = 65;

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
 * A log takes only what its key did sign. Node can only hash and verify in one go, so the digest goes through
 * @noble/curves.
 * @throws VerificationError SIGNATURE_INVALID
 */
export function checkSignedDigest({ key, digest, signature }: SignedContent): void {
  const point = spkiOf(publicKeyOf(key)).subarray(-POINT_BYTES);
  let isSigned = false;
  try {
    isSigned = p256.verify(signature, digest, point, { prehash: false, format: "der", lowS: false });
  } catch {
    // Not a DER signature: as wrong as any other.
  }
  if (!isSigned)
    throw new VerificationError("SIGNATURE_INVALID", "The signature is not the named key's over the digest.");
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
  checkP256(certificate.publicKey);
  return { kind: "certificate", certificate: certificate.raw };
}

function toPublicKey(source: Parameters<typeof createPublicKey>[0]): SigningKey {
  const key = parsing("a public key", () => createPublicKey(source));
  checkP256(key);
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
 * The kind of key that log entries here are worded for.
 * @throws FormatError INPUT_INVALID
 */
export function checkP256(key: KeyObject): void {
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return;
  throw new FormatError("INPUT_INVALID", "The key is not a P-256 key, the only kind that is taken here.");
}
