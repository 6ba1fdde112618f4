import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ConfigError, digestOf, FormatError, messageOf, systemCodeOf } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { CLI_LIMITS } from "./limits.ts";
import { readStoredFile } from "./read.ts";
import { replaceFile, withFileLock } from "./write-file.ts";

/** Metadata and targets of one TUF repository by their place below its folder: `root.json`, `targets/x.json`. */
export type TufFiles = ReadonlyMap<string, Uint8Array>;

/** Metadata first: a target that its metadata does not name yet is fetched again, never believed. */
const ORDER = ["root.json", "timestamp.json", "snapshot.json", "targets.json"];

/** The folder of one repository in a cache, as sigstore-js lays it out. */
export function tufFolder(cacheDir: string, mirror: URL): string {
  return join(cacheDir, encodeURIComponent(mirror.host + mirror.pathname.replace(/\/$/, "")));
}

/**
 * The files of a repository's folder; none when it is not there.
 * @throws ConfigError CONFIG_INVALID for what is no regular file; FormatError LIMIT_EXCEEDED
 */
export async function readTufFiles(folder: string): Promise<TufFiles> {
  const names = [
    ...(await jsonNames(folder)),
    ...(await jsonNames(join(folder, "targets"))).map((name) => `targets/${name}`),
  ];
  if (names.length > CLI_LIMITS.maxTufFiles) {
    throw new FormatError("LIMIT_EXCEEDED", `${folder} holds more files than a TUF cache has; give another --cache.`);
  }
  const files = new Map<string, Uint8Array>();
  for (const name of names) {
    const maxBytes = CLI_LIMITS.maxTufFileBytes;
    const bytes = await readStoredFile(join(folder, name), { what: "The cached file", maxBytes });
    if (bytes !== undefined) files.set(name, bytes);
  }
  return files;
}

/** Writes the files into a folder of our own, where nobody else looks. */
export async function writeWorkFiles(folder: string, files: TufFiles): Promise<void> {
  await mkdir(join(folder, "targets"), { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}

/**
 * Puts the files into the cache, unless another process has changed it since `before` was read: what that one accepted
 * may be newer, and is not to be overwritten.
 * @returns whether they were written
 * @throws ConfigError OUTPUT_FAILED
 */
export async function commitTufFiles(folder: string, before: TufFiles, after: TufFiles): Promise<boolean> {
  await makeFolder(join(folder, "targets"));
  return withFileLock(join(folder, "cache"), async () => {
    const now = await readTufFiles(folder);
    if (stampOf(now) !== stampOf(before)) return false;
    const names = [...after.keys()].toSorted((a, b) => rank(a) - rank(b));
    for (const name of names) {
      const bytes = after.get(name);
      const old = now.get(name);
      if (bytes === undefined || (old !== undefined && Buffer.compare(old, bytes) === 0)) continue;
      await replaceFile(join(folder, name), bytes, "The cached file");
    }
    return true;
  });
}

function rank(name: string): number {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
}

/** What the files say, in one value. */
function stampOf(files: TufFiles): Digest {
  const lines = [...files].map(([name, bytes]) => `${name} ${digestOf(bytes)}`);
  return digestOf(Buffer.from(lines.toSorted().join("\n")));
}

async function jsonNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw new ConfigError("CONFIG_INVALID", `The cache ${folder} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    const { makeFolder: make } = await import("@policy-pack/build");
    await make(folder);
  } catch (cause) {
    const message = `The cache ${dirname(folder)} cannot be made: ${messageOf(cause)}. Give another --cache.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}
