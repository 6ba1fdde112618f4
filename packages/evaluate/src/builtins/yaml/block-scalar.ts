import { isBlank, isBreak, isBreakOrEnd } from "./cursor.ts";
import type { Scanner } from "./scanner.ts";
import { newToken } from "./token.ts";
import type { Token } from "./token.ts";

const SPACE = 0x20;
const TAB = 0x09;

interface Header {
  readonly chomping: string;
  readonly increment: number;
}

/** A literal or a folded scalar. */
export function scanBlockScalar(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const isLiteral = cursor.read() === "|";
  const { chomping, increment } = scanHeader(scanner);
  const given = increment > 0 ? Math.max(scanner.indent, 0) + increment : 0;
  const start = scanBreaks(scanner, given);
  const { indent } = start;
  const parts: string[] = [];
  let [lineBreak, breaks, startsBlank] = ["", start.breaks, false];
  while (cursor.column === indent && !cursor.isAtEnd()) {
    const isBlankLine = isBlank(cursor.code());
    const isFolded = !isLiteral && !startsBlank && !isBlankLine && lineBreak === "\n";
    parts.push(isFolded ? (breaks === "" ? " " : "") : lineBreak, breaks);
    startsBlank = isBlankLine;
    parts.push(cursor.readWhile((code) => !isBreakOrEnd(code)));
    lineBreak = cursor.readBreak();
    breaks = scanBreaks(scanner, indent).breaks;
  }
  if (chomping !== "-") parts.push(lineBreak);
  if (chomping === "+") parts.push(breaks);
  return newToken("scalar", line, { value: parts.join("") });
}

/** `+`, `-` and a digit in either order, then nothing but a comment. */
function scanHeader(scanner: Scanner): Header {
  const { cursor } = scanner;
  let chomping = scanChomping(scanner);
  const increment = scanIncrement(scanner);
  if (chomping === "" && increment > 0) chomping = scanChomping(scanner);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.code())) throw scanner.error("did not find expected comment or line break");
  cursor.readBreak();
  return { chomping, increment };
}

function scanChomping({ cursor }: Scanner): string {
  return cursor.char() === "+" || cursor.char() === "-" ? cursor.read() : "";
}

function scanIncrement(scanner: Scanner): number {
  const { cursor } = scanner;
  if (!/[0-9]/.test(cursor.char())) return 0;
  if (cursor.char() === "0") throw scanner.error("found an indentation indicator equal to 0");
  return Number(cursor.read());
}

interface Breaks {
  readonly breaks: string;
  readonly indent: number;
}

/** Empty lines, and the indentation in front of the next line; the first such line sets it where it is 0. */
function scanBreaks(scanner: Scanner, indent: number): Breaks {
  const { cursor } = scanner;
  const isIndentation = (): boolean => indent === 0 || cursor.column < indent;
  const parts: string[] = [];
  let widest = 0;
  for (;;) {
    cursor.readWhile((code) => code === SPACE && isIndentation());
    widest = Math.max(widest, cursor.column);
    if (isIndentation() && cursor.code() === TAB) {
      throw scanner.error("found a tab character where an indentation space is expected");
    }
    if (!isBreak(cursor.code())) break;
    parts.push(cursor.readBreak());
  }
  const found = indent === 0 ? Math.max(widest, scanner.indent + 1, 1) : indent;
  return { breaks: parts.join(""), indent: found };
}
