import { LIMITS as FORMAT_LIMITS, messageOf, PolicyPackError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { claimedDigestUnsafe, parseBundle } from "@policy-pack/verify";
import type { FileStamp } from "./file-stamp.ts";
import { LIMITS } from "./limits.ts";
import { readBytes } from "./shared-file.ts";
import { readStableFile } from "./stable-file.ts";

/** The bundle that lies beside a pack. Nothing in it is verified: that is for those who fetch it. */
export interface Attestation {
  readonly stamp: FileStamp;
  readonly bytes: Buffer;
  /** What it says it signs; undefined when it cannot be read, which makes it count as absent. */
  readonly claimed: Digest | undefined;
  /** Why `claimed` is undefined. */
  readonly problem: string | undefined;
}

const TOO_LARGE = Buffer.alloc(0);

/** Reads the bundle at the path; undefined when no regular file is there. A malformed one is returned, not thrown. */
export async function readAttestation(path: string): Promise<Attestation | undefined> {
  const file = await readStableFile(path, async (handle, size) =>
    size > FORMAT_LIMITS.maxBundleBytes ? TOO_LARGE : await readBytes(handle, size),
  );
  if (file === undefined) return undefined;
  await file.handle.close();
  return { stamp: file.stamp, bytes: file.value, ...readClaim(file.value) };
}

function readClaim(bytes: Buffer): Pick<Attestation, "claimed" | "problem"> {
  if (bytes === TOO_LARGE) return { claimed: undefined, problem: "The bundle is too large." };
  try {
    return { claimed: claimedDigestUnsafe(parseBundle(bytes)), problem: undefined };
  } catch (error) {
    if (error instanceof PolicyPackError) return { claimed: undefined, problem: messageOf(error) };
    throw error;
  }
}

/**
 * The bundle as the value of a header: JSON on one line in printable ASCII, everything else escaped.
 * Undefined beyond 12 KiB.
 */
export function toHeaderValue(attestation: Attestation): string | undefined {
  const json = JSON.stringify(JSON.parse(attestation.bytes.toString("utf8")));
  const value = json.replace(/[^\x20-\x7e]/g, escapeUnit);
  return value.length <= LIMITS.maxInlineBundleBytes ? value : undefined;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
