import { ConfigError, FormatError, LIMITS, quotePath } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import { askGit } from "../git.ts";
import type { Environment } from "../git.ts";

/** The repository around a folder: objects are read from it, and nothing else is. */
export interface GitFolder {
  readonly dir: string;
  /** Where git is looked for; its own variables are not passed on. */
  readonly env: Environment;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const SHORT_ID = /^[0-9a-f]{4,63}$/i;
const TREE_LINE = /^(?<mode>[0-7]{6}) (?<type>[a-z]+) (?<id>[0-9a-f]{40,64}) +(?<size>[0-9]+|-)\t(?<path>[^]+)$/u;
const INDEX_LINE = /^(?<mode>[0-7]{6}) (?<id>[0-9a-f]{40,64}) [0-3]\t(?<path>[^]+)$/u;
const HEADER = /^([0-9a-f]{40,64}) blob ([0-9]{1,15})$/;
const PLAIN = ["100644", "100755"];
const MAX_REF = 1_000;

/** A file that git knows, not read yet. */
interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
}

/** Whether the folder lies in a work tree that git will answer about. */
export async function isInGit({ dir, env }: GitFolder): Promise<boolean> {
  const answer = await askGit(dir, ["rev-parse", "--is-inside-work-tree"], env);
  return answer.ok && answer.stdout.toString().trim() === "true";
}

/**
 * The commit that a revision names (gitrevisions(7)). Of a name that several of branch, tag, remote branch and shortened id
 * have, git takes one in silence; whoever can push a tag would choose which, so that it counts only while all are the same.
 * @throws ConfigError CONFIG_INVALID when it names none, or several
 */
export async function resolveCommit(git: GitFolder, ref: string): Promise<string> {
  const commit = await findCommit(git, ref);
  if (commit !== undefined) {
    await checkSingle(git, ref);
    return commit;
  }
  throw new ConfigError(
    "CONFIG_INVALID",
    `${quotePath(ref)} names no commit of the repository around ${git.dir}; correct it, or fetch it first: a shallow` +
      " clone has the newest commits alone (git fetch origin <commit>, or fetch-depth: 0).",
  );
}

async function checkSingle(git: GitFolder, ref: string): Promise<void> {
  const [name = ""] = /^.*?(?=@\{|[~^:]|$)/u.exec(ref) ?? [];
  if (["", "@", "HEAD"].includes(name) || name.startsWith("refs/") || COMMIT.test(name)) return;
  const full = [`refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/${name}`, `refs/remotes/${name}/HEAD`];
  const ids = SHORT_ID.test(name) ? await read(git, ["rev-parse", `--disambiguate=${name}`]) : Buffer.alloc(0);
  const commits = new Set<string>();
  for (const one of [...full, ...ids.toString().split("\n")]) {
    const commit = await findCommit(git, one);
    if (commit !== undefined) commits.add(commit);
  }
  if (commits.size <= 1) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    `${quotePath(ref)} is the name of several commits (${[...commits].map((id) => id.slice(0, 12)).join(", ")}); write refs/heads/…,` +
      " refs/remotes/… or refs/tags/… in full, or the commit's whole id.",
  );
}

/** As `resolveCommit`, undefined when the name stands for no commit; a name that could be an option stands for none. */
export async function findCommit({ dir, env }: GitFolder, ref: string): Promise<string | undefined> {
  if (ref === "" || ref.length > MAX_REF || /^-|\p{Cc}/u.test(ref)) return undefined;
  const answer = await askGit(dir, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], env);
  const commit = answer.ok ? answer.stdout.toString().trim() : "";
  return COMMIT.test(commit) ? commit : undefined;
}

/**
 * The files of the folder, as a commit has them, that are wanted; none when the commit has no such folder.
 * @throws ConfigError CONFIG_INVALID when git cannot read them, as in a partial clone, or one is no plain file
 * @throws FormatError LIMIT_EXCEEDED
 */
export async function readCommitFiles(
  git: GitFolder,
  commit: string,
  isWanted: (path: string) => boolean,
): Promise<readonly SourceFile[]> {
  const listing = await read(git, ["ls-tree", "-r", "-z", "-l", commit]);
  return readBlobs(git, toEntries(listing, TREE_LINE, isWanted));
}

/** As `readCommitFiles`, for what is staged. */
export async function readStagedFiles(
  git: GitFolder,
  isWanted: (path: string) => boolean,
): Promise<readonly SourceFile[]> {
  return readBlobs(git, toEntries(await read(git, ["ls-files", "--stage", "-z"]), INDEX_LINE, isWanted));
}

function toEntries(listing: Buffer, form: RegExp, isWanted: (path: string) => boolean): readonly Entry[] {
  const entries: Entry[] = [];
  for (const line of listing.toString().split("\0")) {
    const { path, mode, id, size } = form.exec(line)?.groups ?? {};
    if (path === undefined || mode === undefined || id === undefined || !isWanted(path)) continue;
    if (!PLAIN.includes(mode)) {
      throw new ConfigError("CONFIG_INVALID", `${quotePath(path)} is no plain file in git; a pack holds no others.`);
    }
    if (size !== undefined && Number(size) > LIMITS.maxManifestBytes) throw tooLarge(path);
    entries.push({ path, mode, id });
  }
  return entries;
}

async function readBlobs(git: GitFolder, entries: readonly Entry[]): Promise<readonly SourceFile[]> {
  if (entries.length === 0) return [];
  const output = await read(git, ["cat-file", "--batch"], entries.map(({ id }) => `${id}\n`).join(""));
  let at = 0;
  return entries.map(({ path, id }) => {
    const end = output.indexOf(0x0a, at);
    const [, found, length] = HEADER.exec(output.subarray(at, end).toString()) ?? [];
    if (found !== id) {
      throw new ConfigError("CONFIG_INVALID", `git lacks ${quotePath(path)}; fetch the objects of this commit first.`);
    }
    const start = end + 1;
    at = start + Number(length) + 1;
    return { path, bytes: new Uint8Array(output.subarray(start, at - 1)) };
  });
}

async function read({ dir, env }: GitFolder, args: readonly string[], input?: string): Promise<Buffer> {
  const answer = await askGit(dir, args, env, input);
  if (answer.ok) return answer.stdout;
  throw new ConfigError("CONFIG_INVALID", `git cannot read the repository around ${dir}: ${answer.reason}.`);
}

function tooLarge(path: string): FormatError {
  return new FormatError("LIMIT_EXCEEDED", `${quotePath(path)} is over ${LIMITS.maxManifestBytes} bytes in git.`);
}

/**
 * The newest commit, up to the one given, that changed a file of the folder: the one that made it what it is there.
 * In a shallow clone the oldest commit counts as having made all. Undefined when the file was never there.
 * @throws ConfigError CONFIG_INVALID when git cannot tell
 */
export async function findMaker(git: GitFolder, commit: string, path: string): Promise<string | undefined> {
  const output = await read(git, ["--literal-pathspecs", "rev-list", "--max-count=1", commit, "--", path]);
  const maker = output.toString().trim();
  return COMMIT.test(maker) ? maker : undefined;
}
