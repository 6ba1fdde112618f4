import { isBlank, isBlankOrEnd, isBreak } from "./cursor.ts";
import { LineFolder } from "./line-folder.ts";
import type { Scanner } from "./scanner.ts";
import { newToken } from "./token.ts";
import type { Token } from "./token.ts";

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\x85"],
  ["_", "\xa0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
const CODE_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

export function scanQuoted(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const quote = cursor.read();
  const folder = new LineFolder();
  for (;;) {
    if (cursor.atDocumentIndicator()) throw scanner.error("found unexpected document indicator");
    if (cursor.isAtEnd()) throw scanner.error("found unexpected end of stream");
    const isJoined = scanWord(scanner, quote, folder);
    if (cursor.char() === quote) break;
    skipSpace(scanner, folder, isJoined);
    // Blanks in front of the closing quote count.
    folder.flush();
  }
  cursor.skip();
  return newToken("scalar", line, { value: folder.text });
}

/** Up to a blank, a break or the closing quote; true when the line ended in an escape. */
function scanWord(scanner: Scanner, quote: string, folder: LineFolder): boolean {
  const { cursor } = scanner;
  const parts: string[] = [];
  let isJoined = false;
  while (!isJoined && !isBlankOrEnd(cursor.code())) {
    const char = cursor.char();
    if (quote === "'" && char === quote && cursor.char(1) === quote) {
      cursor.skip(2);
      parts.push(quote);
    } else if (char === quote) break;
    else if (quote === '"' && char === "\\" && isBreak(cursor.code(1))) {
      cursor.skip();
      cursor.readBreak();
      isJoined = true;
    } else if (quote === '"' && char === "\\") parts.push(scanEscape(scanner));
    else parts.push(cursor.read());
  }
  if (parts.length > 0) folder.add(parts.join(""));
  if (isJoined) folder.joinLine();
  return isJoined;
}

function skipSpace({ cursor }: Scanner, folder: LineFolder, isJoined: boolean): void {
  let isBroken = isJoined;
  while (isBlank(cursor.code()) || isBreak(cursor.code())) {
    if (isBreak(cursor.code())) {
      folder.addBreak(cursor.readBreak());
      isBroken = true;
    } else {
      const blank = cursor.read();
      if (!isBroken) folder.addBlank(blank);
    }
  }
}

function scanEscape(scanner: Scanner): string {
  const { cursor } = scanner;
  cursor.skip();
  const name = cursor.char();
  const length = CODE_LENGTHS.get(name);
  const plain = ESCAPES.get(name);
  if (plain === undefined && length === undefined) throw scanner.error("found unknown escape character");
  cursor.skip();
  if (plain !== undefined) return plain;
  let digits = "";
  for (let rest = length ?? 0; rest > 0; rest--) {
    if (!/[0-9A-Fa-f]/.test(cursor.char())) throw scanner.error("did not find expected hexdecimal number");
    digits += cursor.read();
  }
  const code = Number.parseInt(digits, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw scanner.error("found invalid Unicode character escape code");
  }
  return String.fromCodePoint(code);
}
