import type { PackEntry } from "./entries.ts";

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const SLASH = 0x2f;

/** The two fields in which a ustar header keeps a name; `prefix` is empty for a name of at most 100 bytes. */
export interface NameFields {
  readonly prefix: Uint8Array;
  readonly name: Uint8Array;
}

/**
 * Splits a stored name where GNU tar does, at the last `/` that leaves at most 155 bytes before it; undefined when
 * either part then has no room.
 */
export function splitName(stored: Buffer): NameFields | undefined {
  if (stored.length <= NAME_BYTES) return { prefix: stored.subarray(0, 0), name: stored };
  const end = Math.min(stored.length, PREFIX_BYTES + 1);
  const isTrailing = end === stored.length && stored[end - 1] === SLASH;
  const at = stored.lastIndexOf(SLASH, isTrailing ? end - 2 : end - 1);
  const name = stored.subarray(at + 1);
  if (at <= 0 || name.length === 0 || name.length > NAME_BYTES) return undefined;
  return { prefix: stored.subarray(0, at), name };
}

/** The name of an entry as the archive stores it. */
export function storedName(entry: Pick<PackEntry, "path" | "kind">): string {
  return entry.kind === "folder" ? `./${entry.path}/` : `./${entry.path}`;
}
