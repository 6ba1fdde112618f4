import { ConfigError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";

/** What a release says of itself. */
export interface ChangelogEntry {
  readonly packId: string;
  readonly revision: number;
  /** As `checkMessage` returns it. */
  readonly message: string;
  /** Of the release; its day, in UTC, is written. */
  readonly date: Date;
  readonly previousDigest: Digest;
  /** Further lines, such as which lifecycle follows which. */
  readonly facts: readonly string[];
}

/**
 * The message as it is kept: without white space around it.
 * @throws ConfigError CONFIG_INVALID when nothing is left, it is too long, or holds control characters
 */
export function checkMessage(message: string): string {
  const kept = message.trim();
  const { maxMessageLength } = BUILD_LIMITS;
  if (kept !== "" && kept.length <= maxMessageLength && !/(?!\n)\p{Cc}/u.test(kept)) return kept;
  throw new ConfigError(
    "CONFIG_INVALID",
    `The message must say what changed, in at most ${maxMessageLength} characters without control characters.`,
  );
}

/**
 * The changelog with the entry first, below its title; an entry of the same revision, which a killed release left behind,
 * gives way to it. All else stays as it is.
 * @param text undefined for a pack that has no changelog yet
 */
export function addEntry(text: string | undefined, entry: ChangelogEntry): string {
  const written = toText(entry);
  if (text === undefined || text.trim() === "") return `# Changelog of ${entry.packId}\n\n${written}`;
  const rest = withoutEntry(text, entry.revision);
  const first = /^## /m.exec(rest)?.index;
  if (first === undefined) return `${rest.trimEnd()}\n\n${written}`;
  return `${rest.slice(0, first)}${written}\n${rest.slice(first)}`;
}

function withoutEntry(text: string, revision: number): string {
  const start = new RegExp(`^## Revision ${revision},`, "m").exec(text)?.index;
  if (start === undefined) return text;
  const length = text.slice(start + 1).search(/^## /m);
  return text.slice(0, start) + (length === -1 ? "" : text.slice(start + 1 + length));
}

/** Of the revision's own digest nothing is said: until it is signed, a build may still take in what a review asks for. */
function toText({ revision, message, date, previousDigest, facts }: ChangelogEntry): string {
  const lines = [`previous \`${previousDigest}\``, ...facts].map((fact) => `- ${fact}`);
  return `## Revision ${revision}, ${date.toISOString().slice(0, 10)}\n\n${escaped(message)}\n\n${lines.join("\n")}\n`;
}

/** A line of the message never reads as a heading, in either of the two ways in which Markdown writes them. */
function escaped(message: string): string {
  return message.replace(/^(\s*)(#|=+\s*$|-+\s*$)/gm, "$1\\$2");
}
