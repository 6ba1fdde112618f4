import { mergeData } from "./data.ts";
import { digestOf } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { FormatError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import { PACK_FILES } from "./layout.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import type { ArchiveLimits } from "./limits.ts";
import { parseOpaManifest } from "./opa-manifest.ts";
import { decodeTar } from "./untar.ts";

/** A pack in memory. */
export interface PackContents {
  /** The tar's. */
  readonly digest: Digest;
  readonly packId: string;
  readonly revision: string;
  readonly entrypoints: readonly string[];
  /** Every file of the tar by its path, in the archive's order. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly wasm: Uint8Array;
  /** The base documents merged by folder; numbers that no double has are the nearest ones (see `exactJsonOf`). */
  readonly data: JsonValue;
}

/**
 * Reads a pack whose signature nobody has checked: for looking at it, and for what verifies it afterwards. The form of
 * the archive, of `opa/.manifest` and of the data is checked; that the module is valid WASM is not. File bytes are
 * views of `tar`.
 * @throws FormatError LIMIT_EXCEEDED | ARCHIVE_INVALID | MANIFEST_INVALID
 */
export function readPackUnsafe(tar: Uint8Array, limits: ArchiveLimits = ARCHIVE_LIMITS): PackContents {
  const entries = decodeTar(tar, limits).filter(({ kind }) => kind === "file");
  const files = new Map(entries.map(({ path, bytes }) => [path, bytes]));
  const manifest = parseOpaManifest(requireFile(files, PACK_FILES.opaManifest));
  return {
    digest: digestOf(tar),
    packId: manifest.metadata.packId,
    revision: manifest.revision,
    entrypoints: manifest.metadata.entrypoints,
    files,
    wasm: requireFile(files, PACK_FILES.wasm),
    data: mergeData(entries),
  };
}

function requireFile(files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes !== undefined) return bytes;
  throw new FormatError("ARCHIVE_INVALID", `The archive has no ${path}; it is a tar, but not a built pack.`);
}
