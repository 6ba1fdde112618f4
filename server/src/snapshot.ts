import type { PackPaths } from "@policy-pack/pack";
import type { FastifyBaseLogger } from "fastify";
import { readAttestation, toHeaderValue } from "./attestation.ts";
import type { Attestation } from "./attestation.ts";
import { isSameStamp, readStamp } from "./file-stamp.ts";
import { LIMITS } from "./limits.ts";
import { readPackFile } from "./pack-file.ts";
import type { PackFile } from "./pack-file.ts";
import { toPackHeaders } from "./pack-headers.ts";
import type { PackHeaders } from "./pack-headers.ts";

/** One pack as it stands: its bytes, the bundle that is about exactly these bytes, and the headers for both. */
export interface Snapshot {
  readonly pack: PackFile;
  /** The file beside the pack, whatever it is about; kept to see when it changes. */
  readonly attestation: Attestation | undefined;
  readonly headers: PackHeaders;
}

export interface SnapshotOptions {
  readonly packId: string;
  readonly paths: PackPaths;
  readonly inlineBundle: boolean;
  readonly log: FastifyBaseLogger;
  /** What stood before; whatever did not change is taken over from it. */
  readonly previous: Snapshot | undefined;
}

/** Whether the files are still those of the snapshot. The bundle costs a system call more and is not always asked for. */
export function isCurrent(snapshot: Snapshot, paths: PackPaths, withBundle: boolean): boolean {
  if (!isSameStamp(readStamp(paths.tar), snapshot.pack.stamp)) return false;
  return !withBundle || isSameStamp(readStamp(paths.bundle), snapshot.attestation?.stamp);
}

/**
 * Reads what changed since the previous snapshot; undefined when there is no pack.
 * @throws TransportError PACK_NOT_BUILT when a file keeps changing while it is read
 */
export async function readSnapshot(options: SnapshotOptions): Promise<Snapshot | undefined> {
  const pack = await readPack(options);
  if (pack === undefined) return undefined;
  const attestation = await readBundle(options);
  const headers = headersOf(pack, attestation, options);
  return { pack, attestation, headers };
}

async function readPack({ paths, previous }: SnapshotOptions): Promise<PackFile | undefined> {
  if (previous !== undefined && isSameStamp(readStamp(paths.tar), previous.pack.stamp)) return previous.pack;
  return await readPackFile(paths.tar, LIMITS.maxMemoryPackBytes);
}

async function readBundle({ paths, previous, log, packId }: SnapshotOptions): Promise<Attestation | undefined> {
  const known = previous?.attestation;
  try {
    if (known !== undefined && isSameStamp(readStamp(paths.bundle), known.stamp)) return known;
    return await readAttestation(paths.bundle);
  } catch (error) {
    // The pack can be sent without it; the next request that needs it tries again.
    log.error({ packId, err: error }, "bundle cannot be read; counted as absent");
    return undefined;
  }
}

function headersOf(pack: PackFile, attestation: Attestation | undefined, options: SnapshotOptions): PackHeaders {
  const isAbout = attestation?.claimed === pack.digest;
  if (attestation !== undefined && !isAbout) reportUnusable(attestation, pack, options);
  return toPackHeaders({
    digest: pack.digest,
    size: Number(pack.stamp.size),
    // A date ahead of the clock must not be sent (RFC 9110, 8.8.2.1).
    modifiedMs: Math.min(Number(pack.stamp.mtimeNs / 1_000_000n), Date.now()),
    bundleSize: isAbout ? attestation.bytes.length : undefined,
    inlineBundle: isAbout && options.inlineBundle ? inlineBundleOf(attestation, options) : undefined,
  });
}

function inlineBundleOf(attestation: Attestation, { log, packId }: SnapshotOptions): string | undefined {
  const value = toHeaderValue(attestation);
  if (value === undefined) {
    log.warn({ packId, maxBytes: LIMITS.maxInlineBundleBytes }, "bundle too large for a header; left out");
  }
  return value;
}

function reportUnusable(attestation: Attestation, pack: PackFile, { log, packId }: SnapshotOptions): void {
  const { claimed, problem } = attestation;
  log.warn({ packId, digest: pack.digest, claimed, problem }, "bundle is not about this pack; counted as absent");
}
