import { parseAddress } from "../net/address.ts";

/**
 * Whether Go's mail.ParseAddress takes the text: RFC 5322 with a name, comments and groups of one, so
 * `Ann <ann@example.com>` is an address as well.
 *
 * @see https://pkg.go.dev/net/mail#ParseAddress
 */
export function isMailAddress(text: string): boolean {
  const reader = new AddressReader(text);
  const count = reader.readAddress(true);
  return count === 1 && reader.skipComments() && reader.isAtEnd();
}

const ATOM = /[!#-'*+\-./0-9=?A-Z^-~\u0080-\u{10ffff}]+/uy;
const QUOTED = /"((?:[!#-[\]-~\u0080-\u{10ffff} \t]|\\[!-~\u0080-\u{10ffff} \t])*)"/uy;
const LITERAL = /\[([!-Z^-~\u0080-\u{10ffff}]*)\]/uy;
const ENCODED_WORD = /^=\?([^?]+)\?[^?]\?[^?]*\?=$/;
const CHARSETS = new Set(["utf-8", "iso-8859-1", "us-ascii"]);

class AddressReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** How many addresses there are, or undefined for none at all; a group may have several. */
  readAddress(allowsGroup: boolean): number | undefined {
    this.#skipSpace();
    if (this.isAtEnd()) return undefined;
    const start = this.#position;
    if (this.#readSpec()) return this.#readNameComment() ? 1 : undefined;
    this.#position = start;
    if (this.#peek() !== "<" && !this.#readPhrase()) return undefined;
    this.#skipSpace();
    if (allowsGroup && this.#consume(":")) return this.#readGroup();
    return this.#consume("<") && this.#readSpec() && this.#consume(">") ? 1 : undefined;
  }

  /** False when one is not closed. */
  skipComments(): boolean {
    this.#skipSpace();
    while (this.#consume("(")) {
      if (this.#readComment() === undefined) return false;
      this.#skipSpace();
    }
    return true;
  }

  #readGroup(): number | undefined {
    let count = 0;
    this.#skipSpace();
    if (this.#consume(";")) return this.skipComments() ? count : undefined;
    for (;;) {
      if (this.readAddress(false) === undefined || !this.skipComments()) return undefined;
      count++;
      if (this.#consume(";")) return this.skipComments() ? count : undefined;
      if (!this.#consume(",")) return undefined;
    }
  }

  #readSpec(): boolean {
    this.#skipSpace();
    const isLocal = this.#peek() === '"' ? this.#match(QUOTED)?.[1] : this.#readDotAtom();
    if (isLocal === undefined || isLocal === "" || !this.#consume("@")) return false;
    this.#skipSpace();
    if (this.#peek() !== "[") return this.#readDotAtom() !== undefined;
    const literal = this.#match(LITERAL)?.[1];
    return literal !== undefined && !literal.includes("%") && parseAddress(literal) !== undefined;
  }

  #readDotAtom(): string | undefined {
    const atom = this.#match(ATOM)?.[0];
    if (atom === undefined || atom.startsWith(".") || atom.endsWith(".") || atom.includes("..")) return undefined;
    return atom;
  }

  /** Words up to what is none; false without any. */
  #readPhrase(): boolean {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst && !this.skipComments()) return false;
      this.#skipSpace();
      if (this.isAtEnd()) return true;
      const word = this.#peek() === '"' ? this.#match(QUOTED)?.[0] : this.#match(ATOM)?.[0];
      if (word === undefined || hasUnknownCharset(word)) return !isFirst;
    }
  }

  /** Behind a bare address a comment is its name. */
  #readNameComment(): boolean {
    this.#skipSpace();
    if (!this.#consume("(")) return true;
    const comment = this.#readComment();
    return comment !== undefined && !comment.split(/[ \t]/).some(hasUnknownCharset);
  }

  /** What stands up to the parenthesis that closes it. */
  #readComment(): string | undefined {
    const start = this.#position;
    for (let depth = 1; this.#position < this.#text.length; this.#position++) {
      const character = this.#peek();
      if (character === "\\" && this.#position + 1 < this.#text.length) this.#position++;
      else if (character === "(") depth++;
      else if (character === ")" && --depth === 0) return this.#text.slice(start, this.#position++);
    }
    return undefined;
  }

  #peek(): string {
    return this.#text.charAt(this.#position);
  }

  #consume(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position++;
    return true;
  }

  #skipSpace(): void {
    while (this.#peek() === " " || this.#peek() === "\t") this.#position++;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#position += match[0].length;
    return match;
  }
}

/** RFC 2047: a word in a character set that Go cannot read is an error; a malformed one is just text. */
function hasUnknownCharset(word: string): boolean {
  const charset = ENCODED_WORD.exec(word)?.[1];
  return charset !== undefined && !CHARSETS.has(charset.toLowerCase());
}
