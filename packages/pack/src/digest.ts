import { createHash } from "node:crypto";
import { FormatError, VerificationError } from "./errors.ts";

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hex characters: the only form in which bytes are named. */
export type Digest = string & { readonly [digestBrand]: true };

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const HEX = /^[0-9a-f]{64}$/;

/** The SHA-256 digest of the bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

/** Whether the text is a digest in its one spelling: `sha256:` and 64 lower-case hex digits. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/**
 * Reads `sha256:<64 lower-case hex>`; upper case, other algorithms and surrounding space are refused.
 * @throws FormatError INPUT_INVALID
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new FormatError("INPUT_INVALID", `"${text.slice(0, 100)}" is not a digest; write sha256:<64 lower-case hex>.`);
}

/**
 * The digest whose 64 hex characters are given.
 * @throws FormatError INPUT_INVALID
 */
export function digestFromHex(hex: string): Digest {
  if (HEX.test(hex)) return `sha256:${hex}` as Digest;
  throw new FormatError("INPUT_INVALID", `"${hex.slice(0, 100)}" is not 64 lower-case hex characters.`);
}

/** The 64 hex characters of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** The 32 raw bytes of a digest. */
export function rawDigest(digest: Digest): Uint8Array {
  return Buffer.from(hexOf(digest), "hex");
}

/**
 * Compares the bytes' digest with the one expected.
 * @throws VerificationError DIGEST_MISMATCH
 */
export function checkDigest(bytes: Uint8Array, expected: Digest): void {
  const actual = digestOf(bytes);
  if (actual === expected) return;
  throw new VerificationError(
    "DIGEST_MISMATCH",
    `The bytes have ${actual}, not the expected ${expected}; they were changed on the way or belong to another pack.`,
  );
}
