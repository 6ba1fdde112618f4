import { NEW_CHARACTERS } from "../unicode-changes.ts";

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const MAX_RUNE = 0x10ffff;
const REPLACEMENT = "\ufffd";

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

/** Go's strconv.Quote, or QuoteToASCII. */
export function quoteString(text: string, isAscii = false): string {
  return quoteWith(text, '"', isAscii);
}

/** Go's strconv.QuoteRune, or QuoteRuneToASCII. */
export function quoteRune(text: string, isAscii = false): string {
  return quoteWith(text, "'", isAscii);
}

function quoteWith(text: string, quote: string, isAscii: boolean): string {
  let quoted = quote;
  for (const rune of text) quoted += escapeRune(rune, quote, isAscii);
  return quoted + quote;
}

function escapeRune(rune: string, quote: string, isAscii: boolean): string {
  if (rune === quote || rune === "\\") return `\\${rune}`;
  const code = rune.codePointAt(0) ?? 0;
  if (isPrintable(rune) && (!isAscii || code < 0x80)) return rune;
  const short = SHORT_ESCAPES.get(rune);
  if (short !== undefined) return short;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Go's strconv.IsPrint. */
export function isPrintable(rune: string): boolean {
  return PRINTABLE.test(rune) && !NEW_CHARACTERS.test(rune);
}

/** Whether a raw string literal can hold the text: no control but the tab, no backquote, no byte order mark. */
export function canBackquote(text: string): boolean {
  for (const rune of text) {
    const code = rune.codePointAt(0) ?? 0;
    if ((code < 0x20 && rune !== "\t") || rune === "`" || code === 0x7f || code === 0xfeff) return false;
  }
  return true;
}

/** The character of a code point; what is none becomes U+FFFD. */
export function runeOf(code: bigint): string {
  if (code < 0n || code > BigInt(MAX_RUNE) || (code >= 0xd800n && code <= 0xdfffn)) return REPLACEMENT;
  return String.fromCodePoint(Number(code));
}
