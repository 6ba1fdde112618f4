import type { Pattern } from "./pattern.ts";
import { CountedText } from "./counted-text.ts";

/** Pairs of start and end in UTF-16 units, the whole match first; -1 for a group that took no part. */
export type Match = readonly number[];

const UNANCHORED = 0;
const WHOLE_MATCH = 2;

/**
 * The successive matches of Go's FindAll, at most `limit` of them, from the left; of matches at one place the one that a
 * backtracking search would find first. An empty match right behind another match does not count.
 *
 * @throws RangeError when searching takes more steps than the cap, or the text has characters of a newer Unicode than OPA's
 */
export function findAll(pattern: Pattern, text: string, limit = Infinity): Match[] {
  const input = openText(pattern, text);
  const matches: Match[] = [];
  const captures = 2 * (pattern.program.numberOfCapturingGroups() + 1);
  let previousEnd = -1;
  for (let position = 0; matches.length < limit && position <= text.length;) {
    const match = searchFrom(pattern, input, position, captures);
    if (match === null) break;
    const [start = 0, end = 0] = match;
    const isAccepted = end !== position || start !== previousEnd;
    position = end === position ? position + input.widthAt(position) : end;
    previousEnd = end;
    if (isAccepted) matches.push(match);
  }
  return matches;
}

export function hasMatch(pattern: Pattern, text: string): boolean {
  // Asked for no captures at all the engine would build automata of megabytes, and keep them with the pattern.
  return searchFrom(pattern, openText(pattern, text), 0, WHOLE_MATCH) !== null;
}

function openText(pattern: Pattern, text: string): CountedText {
  if (pattern.unlike?.test(text) === true) {
    throw new RangeError(
      "the text has characters of a Unicode newer than the pinned OPA's, which the pattern tells apart",
    );
  }
  return new CountedText(text, pattern.instructions);
}

function searchFrom(pattern: Pattern, input: CountedText, position: number, captures: number): Match | null {
  return pattern.program.executeEngine(input, position, UNANCHORED, captures) as Match | null;
}

/** Go's Regexp.Split without a limit. */
export function split(pattern: Pattern, text: string): string[] {
  if (text === "" && !pattern.isEmpty) return [""];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [start = 0, matchEnd = 0] of findAll(pattern, text)) {
    end = start;
    if (matchEnd !== 0) parts.push(text.slice(begin, end));
    begin = matchEnd;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}
