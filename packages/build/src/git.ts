import { execFile } from "node:child_process";
import { devNull } from "node:os";
import { delimiter, isAbsolute } from "node:path";
import { messageOf, systemCodeOf } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What one run of git came to. */
export type GitAnswer =
  | { readonly ok: true; readonly stdout: Buffer }
  /** `reason`: what git said, or why it said nothing; not fit for a terminal as it is. */
  | { readonly ok: false; readonly reason: string };

/** Settings that a repository's own configuration cannot overrule: nothing that it names is run, and nothing fetched. */
const CALM = [
  "--no-pager",
  ...["-c", "core.fsmonitor=false"],
  ...["-c", "core.hooksPath=/dev/null"],
  ...["-c", "core.quotePath=false"],
  ...["-c", "protocol.allow=never"],
  // Otherwise a folder of the source that looks like a repository would answer in its place.
  ...["-c", "safe.bareRepository=explicit"],
];

/**
 * Asks git about the repository around a folder, without a shell, within a time and an amount of output. Its
 * configuration runs no program, and git itself is taken from the absolute folders of `PATH` alone. Of the environment
 * only what git needs to start is passed on.
 */
export function askGit(dir: string, args: readonly string[], outside: Environment, input?: string): Promise<GitAnswer> {
  const { gitTimeoutMs: timeout, maxGitOutputBytes: maxBuffer } = BUILD_LIMITS;
  const options = { env: environmentOf(outside), timeout, maxBuffer, windowsHide: true, encoding: "buffer" } as const;
  return new Promise<GitAnswer>((resolve) => {
    const child = execFile("git", ["-C", dir, ...CALM, ...args], options, (error, stdout, stderr) => {
      resolve(error === null ? { ok: true, stdout } : { ok: false, reason: reasonOf(error, stderr) });
    });
    // Git may end before it has read all of it.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  }).catch((error: unknown) => ({ ok: false, reason: reasonOf(error, Buffer.alloc(0)) }));
}

/** What git prints as text, or undefined when it fails. */
export async function gitText(dir: string, args: readonly string[], outside: Environment): Promise<string | undefined> {
  const answer = await askGit(dir, args, outside);
  return answer.ok ? answer.stdout.toString() : undefined;
}

function environmentOf({ PATH, HOME, SystemRoot }: Environment): Record<string, string> {
  return {
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    // A checkout that lacks objects would have git fetch them, by a command that its own configuration names.
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
    LC_ALL: "C",
    // A relative folder may be a stranger's, and what is found there would be run; an empty list means the working folder.
    PATH: (PATH ?? "").split(delimiter).filter(isAbsolute).join(delimiter) || devNull,
    // Says which folders of other owners git may open.
    ...(HOME === undefined ? {} : { HOME }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
  };
}

/** @param error what a run ended with, or, thrown at once, why there was none */
function reasonOf(error: unknown, stderr: Buffer): string {
  const code = systemCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return "git is not installed";
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "git printed more than is read";
  if (typeof error === "object" && error !== null && "killed" in error && error.killed === true) {
    return "git took too long";
  }
  const [line = ""] = stderr.toString().trim().split("\n");
  return line.slice(0, MAX_REASON) || messageOf(error).slice(0, MAX_REASON);
}

const MAX_REASON = 300;
