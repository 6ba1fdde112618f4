import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { GitFolder } from "@policy-pack/build";
import { isSignaturePath, LIMITS, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { parseBundle } from "@policy-pack/verify";
import { readStoredFile } from "../read.ts";

/**
 * The Sigstore bundles that are committed or staged with a pack. What git ignores, as what `policy-pack sign` writes on a
 * laptop, is not among them. Where git does not answer, what stands in `signing/` counts as committed.
 * @throws ConfigError CONFIG_INVALID when they cannot be read; FormatError LIMIT_EXCEEDED
 */
export async function readCommittedBundles(git: GitFolder): Promise<readonly SourceFile[]> {
  const { findCommit, isInGit, readCommitFiles, readStagedFiles } = await import("@policy-pack/build");
  if (!(await isInGit(git))) return onlyBundles(await readSigningFolder(git.dir));
  const head = await findCommit(git, "HEAD");
  const committed = onlyBundles(head === undefined ? [] : await readCommitFiles(git, head, mayBeBundle));
  const staged = onlyBundles(await readStagedFiles(git, mayBeBundle));
  const isNew = ({ path, bytes }: SourceFile): boolean =>
    !committed.some((other) => other.path === path && Buffer.compare(other.bytes, bytes) === 0);
  return [...committed, ...staged.filter(isNew)];
}

/** In `signing/` a bundle may have any name: it is told by its content. */
function mayBeBundle(path: string): boolean {
  return isSignaturePath(path) || /^signing\/.*\.(?:json|bundle|sigstore)$/i.test(path);
}

function onlyBundles(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path, bytes }) => isSignaturePath(path) || isBundle(bytes));
}

function isBundle(bytes: Uint8Array): boolean {
  try {
    parseBundle(bytes);
    return true;
  } catch (error) {
    if (error instanceof PolicyPackError) return false;
    throw error;
  }
}

async function readSigningFolder(dir: string): Promise<readonly SourceFile[]> {
  const names = await readdir(join(dir, "signing")).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw cause;
  });
  const found: SourceFile[] = [];
  for (const path of names.map((name) => `signing/${name}`).filter(mayBeBundle)) {
    const { maxBundleBytes: maxBytes } = LIMITS;
    const bytes = await readStoredFile(join(dir, path), { what: "The bundle", maxBytes });
    if (bytes !== undefined) found.push({ path, bytes });
  }
  return found;
}
