import type { Output } from "./output.ts";

const BREAKS = /([\n\r\x85\u2028\u2029])/;
const ESCAPED = /[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\]/gu;
/** Beyond this column a line is folded at its next space. */
const MAX_WIDTH = 80;
const BYTE_ORDER_MARK = "\ufeff";
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "0"],
  ["\x07", "a"],
  ["\b", "b"],
  ["\t", "t"],
  ["\n", "n"],
  ["\v", "v"],
  ["\f", "f"],
  ["\r", "r"],
  ["\x1b", "e"],
  ['"', '"'],
  ["\\", "\\"],
  ["\x85", "N"],
  ["\u2028", "L"],
  ["\u2029", "P"],
]);

/** Only for a place that is not the key of a simple pair. */
export interface WriteOptions {
  readonly allowsFolding: boolean;
}

export function writePlain(output: Output, text: string, { allowsFolding }: WriteOptions): void {
  output.separate();
  if (allowsFolding) writeFolded(output, text);
  else output.put(text);
  output.endScalar();
}

/** Line breaks stand as they are; a plain LF is doubled, since one alone would be a space. */
export function writeSingleQuoted(output: Output, text: string, { allowsFolding }: WriteOptions): void {
  output.indicate("'");
  writeLines(output, text, false, (part, isFirst, isLast) => {
    const quoted = part.replaceAll("'", "''");
    if (!allowsFolding) output.put(quoted);
    else writeFolded(output, quoted, isFirst, isLast);
  });
  output.indicate("'", { isTight: true });
  output.endScalar();
}

/** A single space beyond the line's width becomes the line's end. */
function writeFolded(output: Output, text: string, isFirst = true, isLast = true): void {
  let start = 0;
  for (const { index } of text.matchAll(/(?<! ) (?! )/g)) {
    if (output.column + index - start <= MAX_WIDTH) continue;
    if ((isFirst && index === 0) || (isLast && index === text.length - 1)) continue;
    output.put(text.slice(start, index));
    output.indentLine(output.indent);
    start = index + 1;
  }
  output.put(text.slice(start));
}

export function writeLiteral(output: Output, text: string): void {
  output.indicate("|");
  const hints = (/^[ \n\r\x85\u2028\u2029]/.test(text) ? "2" : "") + chompingOf(text);
  if (hints !== "") output.indicate(hints, { isTight: true });
  output.startBlock();
  writeLines(output, text, true, (part) => {
    output.put(part);
  });
}

type PartWriter = (part: string, isFirst: boolean, isLast: boolean) => void;

/** `startsLine` is a literal's: its lines all start at the indentation, and no break is doubled. */
function writeLines(output: Output, text: string, startsLine: boolean, writePart: PartWriter): void {
  let isAfterBreak = startsLine;
  const parts = text.split(BREAKS);
  for (const [index, part] of parts.entries()) {
    if (BREAKS.test(part)) {
      if (!startsLine && !isAfterBreak && part === "\n") output.putBreak();
      output.putBreak(part);
      output.isIndented = true;
      isAfterBreak = true;
    } else if (part !== "") {
      if (isAfterBreak) output.indentLine(output.indent);
      writePart(part, index === 0, index === parts.length - 1);
      output.isIndented = false;
      isAfterBreak = false;
    }
  }
}

/** `-` without a break at the end, `+` with more than one. */
function chompingOf(text: string): string {
  const [last = "", before = ""] = [text.at(-1), text.at(-2)];
  if (!BREAKS.test(last)) return "-";
  return before === "" || BREAKS.test(before) ? "+" : "";
}

export function writeDoubleQuoted(output: Output, text: string, { allowsFolding }: WriteOptions): void {
  output.indicate('"');
  // go-yaml looks for the mark at the start of the text, whichever character it is about to write.
  if (text.startsWith(BYTE_ORDER_MARK)) output.put(text.replace(/[^]/gu, escapeCharacter));
  else if (allowsFolding) writeFoldedEscapes(output, text);
  else output.put(text.replace(ESCAPED, escapeCharacter));
  output.indicate('"', { isTight: true });
  output.endScalar();
}

/** The first of several spaces beyond the width becomes the line's end, and the next is escaped. */
function writeFoldedEscapes(output: Output, text: string): void {
  let start = 0;
  for (const { index } of text.matchAll(/(?<! ) /g)) {
    output.put(text.slice(start, index).replace(ESCAPED, escapeCharacter));
    start = index;
    if (index === 0 || index === text.length - 1 || output.column <= MAX_WIDTH) continue;
    output.indentLine(output.indent);
    if (text.charAt(index + 1) === " ") output.put("\\");
    start = index + 1;
  }
  output.put(text.slice(start).replace(ESCAPED, escapeCharacter));
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return `\\${short}`;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
