import { decodeBase64 } from "../encoding/base64.ts";
import { parseDecimal } from "../encoding/fields.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { malformed } from "../encoding/malformed.ts";
import { isSignedBy, usualHash } from "../keys/signature.ts";
import type { LogAuthority } from "../trusted-root.ts";

interface NoteSignature {
  readonly name: string;
  readonly keyHint: Buffer;
  readonly signature: Buffer;
}

/** A signed log head (C2SP tlog-checkpoint in a C2SP signed-note), as it was read. */
export interface Checkpoint {
  readonly origin: string;
  readonly treeSize: bigint;
  readonly rootHash: Buffer;
  /** The text that is signed, with its last line feed. */
  readonly signed: string;
  readonly signatures: readonly NoteSignature[];
}

const SIGNATURE_LINE = /^\u2014 ([^\s+]+) (\S+)$/;

/** Reads a checkpoint; every line has one spelling, and nothing stands after the last signature. */
export function parseCheckpoint(envelope: string): Checkpoint {
  const end = envelope.indexOf("\n\n");
  if (!envelope.endsWith("\n")) return malformed("has a checkpoint without a signature");
  const signed = envelope.slice(0, end + 1);
  const [origin = "", size = "", root = ""] = signed.split("\n");
  const lines = envelope.slice(end + 2, -1).split("\n");
  if (lines.length > VERIFY_LIMITS.maxCheckpointSignatures) malformed("has a checkpoint with too many signatures");
  const rootHash = decodeBase64(root);
  if (origin === "" || rootHash.length !== 32) malformed("has a broken checkpoint");
  return { origin, treeSize: parseDecimal(size), rootHash, signed, signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = "", text = ""] = SIGNATURE_LINE.exec(line) ?? malformed("has a broken checkpoint signature");
  const bytes = decodeBase64(text);
  if (bytes.length < 5) malformed("has a checkpoint signature that is too short");
  return { name, keyHint: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/**
 * Whether the log's key signed the checkpoint. The name on the line is not under the signature, so it must be the origin's;
 * Rekor v1 appends " - <tree id>" to that. Lines of witnesses are passed over.
 */
export function isCheckpointOf(log: LogAuthority, checkpoint: Checkpoint): boolean {
  const { origin } = checkpoint;
  return checkpoint.signatures.some(
    ({ name, keyHint, signature }) =>
      keyHint.equals(log.keyHint) &&
      (origin === name || origin.startsWith(`${name} - `)) &&
      isSignedBy(log.publicKey, Buffer.from(checkpoint.signed), signature, usualHash(log.publicKey)),
  );
}
