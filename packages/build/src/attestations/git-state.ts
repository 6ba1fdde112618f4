import { createHash } from "node:crypto";
import { isCompanionPath, isSignaturePath } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { gitText } from "../git.ts";
import type { Environment } from "../git.ts";

/** Where a source stands in git's history. */
export interface GitState {
  readonly commit: string;
  /** True when the files that were read are, byte for byte, all those of the commit. */
  readonly isClean: boolean;
  /** Of the checked-out branch; undefined when none is. */
  readonly ref: string | undefined;
  /**
   * Of the remote `origin`, without credentials, when that is an HTTPS URL and its branch of the same name had the commit
   * when it was last fetched or pushed: a commit that is nowhere but here is not said to come from there.
   */
  readonly repository: string | undefined;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const TREE_LINE = /^100(?:644|755) blob ([0-9a-f]{40}|[0-9a-f]{64})\t(.+)$/su;

/**
 * Asks git about the folder that files were read from; undefined when it is no checkout, or there is no git. The files
 * are compared with the commit's by their bytes: ignored, skipped or filtered files deceive `git status`, not this.
 * No hook, filter or file-system monitor of the repository is run.
 */
export async function readGitState(
  dir: string,
  files: readonly SourceFile[],
  env: Environment,
): Promise<GitState | undefined> {
  const git = (...args: string[]): Promise<string | undefined> => gitText(dir, args, env);
  const commit = (await git("rev-parse", "--verify", "HEAD^{commit}"))?.trim();
  if (commit === undefined || !COMMIT.test(commit)) return undefined;
  const tree = await git("ls-tree", "-r", "-z", commit);
  const ref = (await git("symbolic-ref", "--quiet", "HEAD"))?.trim();
  const branch = /^refs\/heads\/(.+)$/.exec(ref ?? "")?.[1];
  const seen =
    branch === undefined
      ? undefined
      : await git("merge-base", "--is-ancestor", commit, `refs/remotes/origin/${branch}`);
  const remote = seen === undefined ? undefined : (await git("config", "--get", "remote.origin.url"))?.trim();
  return {
    commit,
    isClean: tree !== undefined && isSame(tree, files, commit.length === 64 ? "sha256" : "sha1"),
    ref: ref !== undefined && /^refs\/[^\s\p{Cc}]{1,500}$/u.test(ref) ? ref : undefined,
    repository: remote === undefined ? undefined : toRepository(remote),
  };
}

function isSame(tree: string, files: readonly SourceFile[], algorithm: "sha1" | "sha256"): boolean {
  const committed = tree
    .split("\0")
    .filter((line) => line !== "" && !isUnread(line.slice(line.indexOf("\t") + 1)))
    .sort();
  const read = files.map(({ path, bytes }) => `${blobId(bytes, algorithm)}\t${path}`);
  const wanted = new Set(read);
  return (
    committed.length === read.length &&
    committed.every((line) => {
      const [, id, path] = TREE_LINE.exec(line) ?? [];
      return id !== undefined && path !== undefined && wanted.has(`${id}\t${path}`);
    })
  );
}

/** What a build does not take from the source: see `readSource`. */
function isUnread(path: string): boolean {
  return isCompanionPath(path) || isSignaturePath(path);
}

/** Source: git's documentation, "Git Objects". */
function blobId(bytes: Uint8Array, algorithm: "sha1" | "sha256"): string {
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function toRepository(remote: string): string | undefined {
  if (!URL.canParse(remote)) return undefined;
  const { protocol, host, pathname } = new URL(remote);
  if (protocol !== "https:") return undefined;
  return `https://${host}${pathname.replace(/\/$/, "").replace(/\.git$/, "")}`;
}
