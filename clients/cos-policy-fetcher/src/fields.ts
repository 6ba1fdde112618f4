import { digestFromHex, rawDigest, TransportError, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";

/** Header fields as undici gives them: names in lower case, a repeated field as a list. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

const DIGEST_FIELD = /^sha-256=([0-9a-f]{64})$/;
const REPR_MEMBER = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):$/;
const LENGTH_FIELD = /^(?:0|[1-9][0-9]{0,15})$/;

/** A refusal of what the answer says about itself. */
function rejected(what: string, where: string): TransportError {
  return new TransportError("FETCH_REJECTED", `${where} answered with ${what}; nothing was taken from it.`);
}

/**
 * The one value of a field, or undefined when it is absent.
 * @throws TransportError FETCH_REJECTED when the field is repeated
 */
export function singleField(fields: Fields, name: string, where: string): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === "string") return value;
  throw rejected(`more than one ${name} field`, where);
}

/**
 * Demands exactly this media type, without parameters.
 * @throws TransportError FETCH_REJECTED
 */
export function checkMediaType(fields: Fields, expected: string, where: string): void {
  if (singleField(fields, "content-type", where) === expected) return;
  throw rejected(`another media type than ${expected}`, where);
}

/**
 * Refuses compressed bodies: the digest and the caps are over the bytes on the wire.
 * @throws TransportError FETCH_REJECTED
 */
export function checkContentEncoding(fields: Fields, where: string): void {
  const encoding = singleField(fields, "content-encoding", where);
  if (encoding === undefined || encoding === "identity") return;
  throw rejected("a Content-Encoding, though identity was asked for", where);
}

/**
 * The announced length in bytes, or undefined when none is.
 * @throws TransportError FETCH_REJECTED when it is not one plain decimal number, or chunks are announced as well
 */
export function contentLength(fields: Fields, where: string): number | undefined {
  const value = singleField(fields, "content-length", where);
  if (value === undefined) return undefined;
  // Two framings at once is how answers are smuggled (RFC 9112, section 6.3).
  if (fields["transfer-encoding"] !== undefined) throw rejected("both Content-Length and Transfer-Encoding", where);
  if (!LENGTH_FIELD.test(value)) throw rejected("a malformed Content-Length", where);
  return Number(value);
}

/**
 * The digest of the `Digest: sha-256=<64 lower-case hex>` field; any other form or algorithm is refused.
 * @throws TransportError FETCH_REJECTED when it is missing or malformed
 */
export function digestField(fields: Fields, where: string): Digest {
  const value = singleField(fields, "digest", where);
  if (value === undefined) throw rejected("no Digest field", where);
  const hex = DIGEST_FIELD.exec(value)?.[1];
  if (hex === undefined) throw rejected("a malformed Digest field; it must be sha-256=<64 lower-case hex>", where);
  return digestFromHex(hex);
}

/** `name=:base64:` as its two parts; base64 must be in its one canonical form. */
function reprMember(member: string): { algorithm: string; value: Buffer } | undefined {
  const [, algorithm, base64] = REPR_MEMBER.exec(member) ?? [];
  if (algorithm === undefined || base64 === undefined) return undefined;
  const value = Buffer.from(base64, "base64");
  return value.toString("base64") === base64 ? { algorithm, value } : undefined;
}

/**
 * Compares the digest of what arrived with the `Repr-Digest` field (RFC 9530, section 3; an RFC 8941 dictionary of byte
 * sequences), when there is one. Algorithms other than sha-256 are left alone, as section 3 allows.
 * @throws TransportError FETCH_REJECTED when it is malformed
 * @throws VerificationError DIGEST_MISMATCH
 */
export function checkReprDigest(fields: Fields, digest: Digest, where: string): void {
  const value = fields["repr-digest"];
  if (value === undefined) return;
  const text = typeof value === "string" ? value : value.join(",");
  for (const part of text.split(",")) {
    const member = reprMember(part.replace(/^[ \t]+|[ \t]+$/g, ""));
    if (member === undefined) throw rejected("a malformed Repr-Digest field", where);
    if (member.algorithm !== "sha-256" || member.value.equals(rawDigest(digest))) continue;
    throw new VerificationError(
      "DIGEST_MISMATCH",
      `The bytes of ${where} have ${digest}, but its Repr-Digest field names others; ask whoever runs the server.`,
    );
  }
}

/** Entity tags compared weakly (RFC 9110, section 8.8.3.2); an absent one says nothing, so it differs from none. */
export function etagsDiffer(first: string | undefined, second: string | undefined): boolean {
  if (first === undefined || second === undefined) return false;
  return first.replace(/^W\//, "") !== second.replace(/^W\//, "");
}
