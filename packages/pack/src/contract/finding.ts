import type { CodeOf } from "../error-codes.ts";

/** One thing that a change of a pack may not do. */
export interface ContractFinding {
  readonly code: CodeOf<"config">;
  /** What changed, or is wrong. */
  readonly what: string;
  /** How to mend it, with the command where one does. */
  readonly mend: string;
}

/** How the commands that mend findings are written. */
export interface ContractWords {
  /** As on a command line; without it the command's default is meant. */
  readonly packDir?: string;
  /** What `--base` was given; without it, what the release itself takes. */
  readonly base?: string;
}

/** The command that makes the next revision. */
export function releaseCommand(words: ContractWords, ...flags: readonly string[]): string {
  const base = words.base === undefined ? [] : ["--base", shellWord(words.base)];
  return ["policy-pack release", ...folder(words), ...base, ...flags, '--message "<what changed>"'].join(" ");
}

/** The command that writes the manifest anew. */
export function buildCommand(words: ContractWords): string {
  return ["policy-pack build", ...folder(words)].join(" ");
}

function folder({ packDir }: ContractWords): readonly string[] {
  return packDir === undefined ? [] : [shellWord(packDir)];
}

/** A word that a POSIX shell takes as it is. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./^~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
