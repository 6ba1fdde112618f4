import { join } from "node:path";
import {
  ConfigError,
  FormatError,
  isJsonObject,
  LIMITS as FORMAT_LIMITS,
  parseJson,
  TransportError,
} from "@policy-pack/pack";
import type { JsonObject, PackContents, PackPaths } from "@policy-pack/pack";
import { isSameStamp, readStamp } from "../file-stamp.ts";
import type { FileStamp } from "../file-stamp.ts";
import { readBytes } from "../shared-file.ts";
import { readStableFile } from "../stable-file.ts";

/** Every file that a verification rests on, by what it is. */
export interface TrustFiles {
  readonly packId: string;
  readonly paths: Pick<PackPaths, "tar" | "bundle">;
  readonly denylist: readonly string[];
  readonly pause: readonly string[];
}

export interface TrustBytes {
  readonly tar: Buffer;
  readonly bundle: Buffer;
  readonly denylist: readonly Buffer[];
  readonly pause: readonly Buffer[];
}

/** The files' stamps now, in an order of their own; undefined for one that is not there. */
export function readStamps({ paths, denylist, pause }: TrustFiles): readonly (FileStamp | undefined)[] {
  return [paths.tar, paths.bundle, ...denylist, ...pause].map(readStamp);
}

export function areSameStamps(
  before: readonly (FileStamp | undefined)[],
  now: readonly (FileStamp | undefined)[],
): boolean {
  return before.length === now.length && before.every((stamp, index) => isSameStamp(stamp, now[index]));
}

/**
 * @throws TransportError PACK_NOT_BUILT, ATTESTATION_UNAVAILABLE; ConfigError CONFIG_INVALID for a list that is not
 *   there; FormatError LIMIT_EXCEEDED
 */
export async function readTrustFiles({ packId, paths, denylist, pause }: TrustFiles): Promise<TrustBytes> {
  const tar = await readFileAt(paths.tar, FORMAT_LIMITS.maxPackBytes, "The pack");
  if (tar === undefined) {
    const message = `${packId} is not built here; build it, or correct the server's root folder.`;
    throw new TransportError("PACK_NOT_BUILT", message);
  }
  const bundle = await readFileAt(paths.bundle, FORMAT_LIMITS.maxBundleBytes, "The bundle");
  if (bundle === undefined) {
    const message = `${packId} has no Sigstore bundle here; sign it, or put its bundle into signing/.`;
    throw new TransportError("ATTESTATION_UNAVAILABLE", message);
  }
  return { tar, bundle, denylist: await readLists(denylist), pause: await readLists(pause) };
}

async function readLists(paths: readonly string[]): Promise<readonly Buffer[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const bytes = await readFileAt(path, FORMAT_LIMITS.maxBundleBytes, "A denylist or pause status");
      if (bytes !== undefined) return bytes;
      throw new ConfigError(
        "CONFIG_INVALID",
        "A denylist or pause status of the promotion configuration is not there.",
      );
    }),
  );
}

async function readFileAt(path: string, maxBytes: number, what: string): Promise<Buffer | undefined> {
  const file = await readStableFile(path, async (handle, size) => {
    if (size > maxBytes) {
      throw new FormatError("LIMIT_EXCEEDED", `${what} has ${size} bytes; at most ${maxBytes} are read.`);
    }
    return await readBytes(handle, size);
  });
  await file?.handle.close();
  return file?.value;
}

/**
 * The pack's own description of a package's input; undefined when it brings none.
 * @throws FormatError INPUT_INVALID
 */
export function readInputSchema({ files }: PackContents, packagePath: string): JsonObject | undefined {
  const bytes = files.get(join("opa/schemas", packagePath, "input.json").replaceAll("\\", "/"));
  if (bytes === undefined) return undefined;
  const maxBytes = FORMAT_LIMITS.maxFileBytes;
  const schema = parseJson(bytes, { maxBytes, code: "INPUT_INVALID", what: `The input schema of ${packagePath}` });
  return isJsonObject(schema) ? schema : undefined;
}
