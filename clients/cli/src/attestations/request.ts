import { basename } from "node:path";
import { digestOf, LIMITS, readPackUnsafe } from "@policy-pack/pack";
import type { Digest, PackContents, StatementContent, StatementSubject } from "@policy-pack/pack";
import type { VerifiedBundle } from "@policy-pack/verify";
import { readArtifact } from "../artifact.ts";
import { packOfTar } from "../locate.ts";
import { naming } from "../naming.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";

export interface AttestFlags {
  readonly predicate?: string;
  readonly source?: string;
  readonly packId?: string;
  readonly attestFailure?: true;
}

/** What is to be said about which files. */
export interface AttestRequest {
  readonly terminal: Terminal;
  /** As they were named; at least one. */
  readonly files: readonly [string, ...string[]];
  readonly predicateType: string;
  readonly flags: AttestFlags;
}

/** A statement to sign. */
export interface Attestation {
  readonly content: StatementContent;
  /** Looks at who signed, before the bundle is written. */
  readonly check?: (verified: VerifiedBundle) => void;
  /** Of the command, when what is stated is a failure. */
  readonly exitCode?: number;
}

/** A pack's tar as it was read. Nobody's signature on it was looked at. */
export interface ReadPack {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly contents: PackContents;
}

/** The file as a subject; `sha256:<64 hex>` in its place is one without a name. @throws as `readArtifact` */
export async function toSubject(terminal: Terminal, file: string): Promise<StatementSubject> {
  const artifact = await readArtifact(terminal, file);
  if (!("digest" in artifact)) return { name: basename(file), digest: digestOf(artifact.bytes) };
  return file === artifact.digest ? { digest: artifact.digest } : { name: basename(file), digest: artifact.digest };
}

/**
 * Reads a pack's tar.
 * @throws ConfigError CONFIG_INVALID; FormatError LIMIT_EXCEEDED, ARCHIVE_INVALID, MANIFEST_INVALID
 */
export async function readPackFile(terminal: Terminal, file: string): Promise<ReadPack> {
  const origin = packOfTar(terminal, file) === undefined ? undefined : "policy-pack build";
  const bytes = await readInputFile(terminal, file, { what: "The pack", maxBytes: LIMITS.maxPackBytes, origin });
  return { file, bytes, contents: await naming(file, () => readPackUnsafe(bytes)) };
}

/** A subject that is named as its file is. */
export function named(file: string, digest: Digest): StatementSubject {
  return { name: basename(file), digest };
}
