import { ConfigError } from "./errors.ts";
import { findPathProblem, foldersOf, foldPath, parentOf, quotePath } from "./path.ts";
import { splitName, storedName } from "./tar-name.ts";

/** A file by its `/`-separated path inside the pack, such as `opa/cos/abac/abac.rego`. */
export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An entry of an archive. A folder's path has no trailing `/` and its bytes are empty. */
export interface PackEntry {
  readonly path: string;
  readonly kind: "folder" | "file";
  readonly bytes: Uint8Array;
}

/** The only names at the top of a pack, in the archive's order. */
export const TOP_NAMES = ["opa", "data", "README.md", "signing"] as const;
const NO_BYTES = new Uint8Array();

/** A name met before. */
type Seen = Pick<PackEntry, "path" | "kind">;

interface Problem {
  readonly path: string;
  readonly text: string;
}

/** A signature would change the digest of what it signs, so no pack holds one. */
export function isSignaturePath(path: string): boolean {
  return foldPath(path) === "signing/cosign.bundle.json" || foldPath(path).endsWith(".sigstore.json");
}

/**
 * The entries of a pack in the archive's order: `opa`, `data`, `README.md`, `signing`, depth first, siblings by the
 * bytes of their names, with an entry for each folder that holds a file. Bytes are shared with the input, not copied.
 * @throws ConfigError SOURCE_INVALID for a path that is unsafe, ambiguous, out of place or there twice
 */
export function canonicalEntries(files: readonly SourceFile[]): readonly PackEntry[] {
  const problem = findEntryProblem(files);
  if (problem !== undefined) {
    throw new ConfigError("SOURCE_INVALID", `${quotePath(problem.path)} cannot be packed: ${problem.text}.`);
  }
  return orderEntries(files);
}

/** The first file that may not stand in a pack, with the reason. */
export function findEntryProblem(files: readonly SourceFile[]): Problem | undefined {
  // By the name that a file system without case, or with another Unicode form, sees.
  const seen = new Map<string, Seen>();
  const parents = new Set<string>();
  for (const { path } of files) {
    const parent = parentOf(path);
    const names = parents.has(parent) ? [path] : [...foldersOf(path), path];
    const text = findPathProblem(path) ?? findPlaceProblem(path) ?? findNameProblem(path, names, seen);
    if (text !== undefined) return { path, text };
    parents.add(parent);
  }
  return undefined;
}

/** Sorts without checking: call `findEntryProblem` first. */
export function orderEntries(files: readonly SourceFile[]): readonly PackEntry[] {
  const entries = new Map<string, PackEntry>();
  for (const { path, bytes } of files) {
    for (const folder of entries.has(parentOf(path)) ? [] : foldersOf(path)) {
      entries.set(folder, { path: folder, kind: "folder", bytes: NO_BYTES });
    }
    entries.set(path, { path, kind: "file", bytes });
  }
  return [...entries.values()]
    .map((entry) => ({ entry, key: sortKey(entry.path) }))
    .sort((left, right) => Buffer.compare(left.key, right.key))
    .map(({ entry }) => entry);
}

function findPlaceProblem(path: string): string | undefined {
  const [top = "", ...rest] = path.split("/");
  if (!TOP_NAMES.some((name) => name === top)) return "a pack holds only opa/, data/, README.md and signing/";
  if ((top === "README.md") !== (rest.length === 0)) return "README.md is a file, opa, data and signing are folders";
  if (isSignaturePath(path)) return "a signature is never part of what it signs";
  return undefined;
}

/** Looks at a file and at those of its folders that no file before it had. */
function findNameProblem(path: string, names: readonly string[], seen: Map<string, Seen>): string | undefined {
  for (const name of names) {
    const kind = name === path ? "file" : "folder";
    const key = foldPath(name);
    const other = seen.get(key);
    if (other?.path === name && other.kind === "folder" && kind === "folder") continue;
    if (other !== undefined) return describeTwin(name, kind, other);
    if (splitName(Buffer.from(storedName({ path: name, kind }))) === undefined) {
      return "its name does not fit a ustar header; shorten it or its folders";
    }
    seen.set(key, { path: name, kind });
  }
  return undefined;
}

function describeTwin(name: string, kind: PackEntry["kind"], other: Seen): string {
  if (other.path !== name) return `${quotePath(other.path)} differs from it only by case or Unicode form`;
  return other.kind === kind ? "it is there twice" : `${quotePath(name)} is a file and a folder`;
}

/**
 * Bytes whose order is the archive's. `/` becomes 0x00, below every byte a name may have, so that a folder's children
 * follow it before its siblings: `a`, `a/x`, `a-b`, not `a`, `a-b`, `a/x`.
 */
function sortKey(path: string): Uint8Array {
  const [top = ""] = path.split("/");
  const rank = TOP_NAMES.findIndex((name) => name === top);
  return Buffer.from(`${rank}${path.slice(top.length).replaceAll("/", "\0")}`);
}
