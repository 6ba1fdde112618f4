import { CHANGED_CLASSES } from "../unicode-changes.ts";
import type { Pattern } from "./pattern.ts";
import { findAll } from "./search.ts";
import type { Match } from "./search.ts";

/** Text that stands for itself, or groups of which the first that took part counts. */
type Piece = string | readonly number[];

const MAX_OUTPUT_UNITS = 32 * 1024 * 1024;

/** What may follow `$`: another one, a name in braces, or as long a name as there is. */
const REFERENCE = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/**
 * Go's Regexp.ReplaceAllString.
 *
 * @throws RangeError when the text would be longer than 32 Mi characters
 * @see https://pkg.go.dev/regexp#Regexp.Expand
 */
export function replaceAll(pattern: Pattern, text: string, template: string): string {
  const pieces = parseTemplate(template, pattern);
  let output = "";
  let end = 0;
  for (const match of findAll(pattern, text)) {
    const [start = 0, matchEnd = 0] = match;
    output += text.slice(end, start);
    for (const piece of pieces) output += typeof piece === "string" ? piece : firstGroup(text, match, piece);
    if (output.length > MAX_OUTPUT_UNITS) throw new RangeError(`the text exceeds ${MAX_OUTPUT_UNITS} characters`);
    end = matchEnd;
  }
  return output + text.slice(end);
}

function firstGroup(text: string, match: Match, groups: readonly number[]): string {
  const group = groups.find((number) => (match[2 * number] ?? -1) >= 0);
  return group === undefined ? "" : text.slice(match[2 * group], match[2 * group + 1]);
}

function parseTemplate(template: string, pattern: Pattern): Piece[] {
  if (CHANGED_CLASSES.test(template)) throw new RangeError("the replacement has characters of a newer Unicode");
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(REFERENCE)) {
    const [whole, dollar, braced, bare] = match;
    pieces.push(template.slice(end, match.index));
    end = match.index + whole.length;
    pieces.push(dollar ?? groupsOf(braced ?? bare ?? "", pattern));
  }
  pieces.push(template.slice(end));
  return pieces;
}

/** A number without zeros in front counts groups, anything else is a name; what names no group stands for nothing. */
function groupsOf(name: string, { groups }: Pattern): readonly number[] {
  return /^(?:0|[1-9][0-9]{0,8})$/.test(name) ? [Number(name)] : (groups.get(name) ?? []);
}
