import { isBlank, isBlankOrEnd, isBreakOrEnd, isWord } from "./cursor.ts";
import type { Scanner } from "./scanner.ts";
import { newToken } from "./token.ts";
import type { Token } from "./token.ts";

const BEHIND_ANCHOR = "?:,]}%@`";
const URI = /[;/?:@&=+$,.!~*'()[\]%]/;

/** `&name` or `*name`. */
export function scanAnchor(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const type = cursor.read() === "&" ? "anchor" : "alias";
  const value = cursor.readWhile(isWord);
  const isClosed = isBlankOrEnd(cursor.code()) || BEHIND_ANCHOR.includes(cursor.char());
  if (value === "" || !isClosed) throw scanner.error("did not find expected alphabetic or numeric character");
  return newToken(type, line, { value });
}

/** `!<uri>`, `!handle!suffix`, `!suffix` or `!`. */
export function scanTag(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const [value, suffix] = cursor.char(1) === "<" ? ["", scanVerbatim(scanner)] : scanShorthand(scanner);
  if (!isBlankOrEnd(cursor.code())) throw scanner.error("did not find expected whitespace or line break");
  return newToken("tag", line, { value, suffix });
}

function scanVerbatim(scanner: Scanner): string {
  const { cursor } = scanner;
  cursor.skip(2);
  const uri = scanUri(scanner, "");
  if (cursor.char() !== ">") throw scanner.error("did not find the expected '>'");
  cursor.skip();
  return uri;
}

function scanShorthand(scanner: Scanner): readonly [handle: string, suffix: string] {
  const handle = scanHandle(scanner);
  if (handle.length > 1 && handle.endsWith("!")) return [handle, scanUri(scanner, "")];
  const suffix = scanUri(scanner, handle);
  return suffix === "" ? ["", "!"] : ["!", suffix];
}

function scanHandle(scanner: Scanner): string {
  const { cursor } = scanner;
  if (cursor.char() !== "!") throw scanner.error("did not find expected '!'");
  cursor.skip();
  const name = cursor.readWhile(isWord);
  if (cursor.char() !== "!") return `!${name}`;
  cursor.skip();
  return `!${name}!`;
}

/** The URI behind what was taken for a handle; only without either it is missing. */
function scanUri(scanner: Scanner, head: string): string {
  const { cursor } = scanner;
  const parts = [head.slice(1)];
  let isFound = head !== "";
  for (; isWord(cursor.code()) || URI.test(cursor.char()); isFound = true) {
    parts.push(cursor.char() === "%" ? scanUriEscapes(scanner) : cursor.read());
  }
  if (!isFound) throw scanner.error("did not find expected tag URI");
  return parts.join("");
}

/** The UTF-8 bytes of one character. */
function scanUriEscapes(scanner: Scanner): string {
  const bytes = [scanUriEscape(scanner)];
  const [first = 0] = bytes;
  const width = first < 0x80 ? 1 : first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (width === 0) throw scanner.error("found an incorrect leading UTF-8 octet");
  while (bytes.length < width) {
    const byte = scanUriEscape(scanner);
    if ((byte & 0xc0) !== 0x80) throw scanner.error("found an incorrect trailing UTF-8 octet");
    bytes.push(byte);
  }
  return Buffer.from(bytes).toString();
}

function scanUriEscape(scanner: Scanner): number {
  const { cursor } = scanner;
  const digits = cursor.char(1) + cursor.char(2);
  if (cursor.char() !== "%" || !/^[0-9A-Fa-f]{2}$/.test(digits)) {
    throw scanner.error("did not find URI escaped octet");
  }
  cursor.skip(3);
  return Number.parseInt(digits, 16);
}

/** `%YAML 1.1` or `%TAG !handle! prefix`, with its line. */
export function scanDirective(scanner: Scanner): Token {
  const { cursor } = scanner;
  cursor.skip();
  const name = cursor.readWhile(isWord);
  if (name === "") throw scanner.error("could not find expected directive name");
  if (!isBlankOrEnd(cursor.code())) throw scanner.error("found unexpected non-alphabetical character");
  if (name !== "YAML" && name !== "TAG") throw scanner.error("found unknown directive name");
  cursor.skipBlanks();
  const token = name === "YAML" ? scanVersion(scanner) : scanTagDirective(scanner);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.code())) throw scanner.error("did not find expected comment or line break");
  cursor.readBreak();
  return token;
}

function scanVersion(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const major = scanVersionNumber(scanner);
  if (cursor.char() !== ".") throw scanner.error("did not find expected digit or '.' character");
  cursor.skip();
  return newToken("version-directive", line, { value: `${major}.${scanVersionNumber(scanner)}` });
}

function scanVersionNumber(scanner: Scanner): number {
  const digits = scanner.cursor.readWhile((code) => code >= 0x30 && code <= 0x39);
  if (digits.length > 2) throw scanner.error("found extremely long version number");
  if (digits === "") throw scanner.error("did not find expected version number");
  return Number(digits);
}

function scanTagDirective(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const value = scanHandle(scanner);
  if (value !== "!" && !value.endsWith("!")) throw scanner.error("did not find expected '!'");
  if (!isBlank(cursor.code())) throw scanner.error("did not find expected whitespace");
  cursor.skipBlanks();
  const suffix = scanUri(scanner, "");
  if (!isBlankOrEnd(cursor.code())) throw scanner.error("did not find expected whitespace or line break");
  return newToken("tag-directive", line, { value, suffix });
}
