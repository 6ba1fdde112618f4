import type { BaseOptions, GitFolder } from "@policy-pack/build";
import { COMPANIONS, isSignaturePath } from "@policy-pack/pack";
import type { NamedBase } from "./base.ts";
import { claimedDigest } from "./claimed-digest.ts";

/**
 * The contract of a folder as a revision of git has it: its manifest, the input schemas of the commit that made that
 * manifest (what was changed since without a build is no part of any revision), and whether it is signed there. Objects
 * are read; nothing is checked out, fetched or run.
 * @throws ConfigError CONFIG_INVALID when git cannot tell
 * @throws FormatError MANIFEST_INVALID, INPUT_INVALID, LIMIT_EXCEEDED
 */
export async function readGitBase(git: GitFolder, name: string, options: BaseOptions = {}): Promise<NamedBase> {
  const { findMaker, isContractFile, readBaseContract, readCommitFiles, resolveCommit } =
    await import("@policy-pack/build");
  const asked = await resolveCommit(git, name);
  const commit = (await findMaker(git, asked, COMPANIONS.manifest)) ?? asked;
  const stated = await readCommitFiles(git, commit, (path) => isContractFile(path) && !isSignaturePath(path));
  const signed = await readCommitFiles(git, asked, isSignaturePath);
  const contract = readBaseContract([...stated, ...signed], name, claimedDigest, options);
  return { kind: "git", name, commit, contract };
}
