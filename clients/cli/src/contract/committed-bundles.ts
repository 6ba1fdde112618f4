import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { GitFolder } from "@policy-pack/build";
import { isSignaturePath, LIMITS, systemCodeOf } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { readStoredFile } from "../read.ts";

/**
 * The Sigstore bundles that are committed or staged with a pack. What git ignores, as what `policy-pack sign` writes on a
 * laptop, is not among them. Where git does not answer, what stands in `signing/` counts as committed.
 * @throws ConfigError CONFIG_INVALID when they cannot be read; FormatError LIMIT_EXCEEDED
 */
export async function readCommittedBundles(git: GitFolder): Promise<readonly SourceFile[]> {
  const { findCommit, isInGit, readCommitFiles, readStagedFiles } = await import("@policy-pack/build");
  if (!(await isInGit(git))) return readSigningFolder(git.dir);
  const head = await findCommit(git, "HEAD");
  const committed = head === undefined ? [] : await readCommitFiles(git, head, isSignaturePath);
  const staged = await readStagedFiles(git, isSignaturePath);
  const isNew = ({ path, bytes }: SourceFile): boolean =>
    !committed.some((other) => other.path === path && Buffer.compare(other.bytes, bytes) === 0);
  return [...committed, ...staged.filter(isNew)];
}

async function readSigningFolder(dir: string): Promise<readonly SourceFile[]> {
  const names = await readdir(join(dir, "signing")).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw cause;
  });
  const found: SourceFile[] = [];
  for (const path of names.map((name) => `signing/${name}`).filter(isSignaturePath)) {
    const { maxBundleBytes: maxBytes } = LIMITS;
    const bytes = await readStoredFile(join(dir, path), { what: "The bundle", maxBytes });
    if (bytes !== undefined) found.push({ path, bytes });
  }
  return found;
}
