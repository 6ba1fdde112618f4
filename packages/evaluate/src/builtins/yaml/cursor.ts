import { BuiltinError } from "../builtin.ts";

const END = 0;
const TAB = 0x09;
const SPACE = 0x20;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = 0xfeff;
/** What libyaml's reader does not take; a surrogate on its own is no character either. */
const REFUSED = /[^\t\n\r\x20-\x7e\x85\xa0-\ufffd\u{10000}-\u{10ffff}]|\p{Surrogate}/u;
/** The reader takes its input in pieces of so many bytes, and looks at no piece before the scanner comes to it. */
const PIECE_BYTES = 512;

/** Where the scanner is: lines and columns count from 0, in characters. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isBreak(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN || code === 0x85 || code === 0x2028 || code === 0x2029;
}

export function isBreakOrEnd(code: number): boolean {
  return code === END || isBreak(code);
}

export function isBlankOrEnd(code: number): boolean {
  return isBlank(code) || isBreakOrEnd(code);
}

/** Letters, digits, `_` and `-`: what names of anchors, tags and directives are made of. */
export function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** The text under the scanner, as go-yaml's reader gives it out. */
export class Cursor implements Mark {
  index = 0;
  line = 0;
  column = 0;
  readonly #text: string;
  /** From here on the reader fails. */
  readonly #limit: number;
  #position = 0;

  constructor(text: string) {
    this.#text = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
    const refused = REFUSED.exec(this.#text)?.index;
    this.#limit = refused === undefined ? Infinity : pieceStart(this.#text, refused);
  }

  /** The UTF-16 unit so far ahead; 0 at the end. */
  code(ahead = 0): number {
    const position = this.#position + ahead;
    if (position >= this.#limit) throw new BuiltinError("yaml: control characters are not allowed");
    return position < this.#text.length ? this.#text.charCodeAt(position) : END;
  }

  char(ahead = 0): string {
    const code = this.code(ahead);
    return code === END ? "" : String.fromCharCode(code);
  }

  isAtEnd(): boolean {
    return this.code() === END;
  }

  mark(): Mark {
    return { index: this.index, line: this.line, column: this.column };
  }

  /** Over characters that are no line breaks. */
  skip(count = 1): void {
    for (let rest = count; rest > 0; rest--) this.#advance();
  }

  /** One character that is no line break. */
  read(): string {
    const start = this.#position;
    this.#advance();
    return this.#text.slice(start, this.#position);
  }

  /** Characters as long as the test holds; it is not asked about the second half of a pair. */
  readWhile(test: (code: number) => boolean): string {
    const start = this.#position;
    while (test(this.code())) this.#advance();
    return this.#text.slice(start, this.#position);
  }

  /** A line break, as it counts in a scalar: LF for all but U+2028 and U+2029; "" where there is none. */
  readBreak(): string {
    const code = this.code();
    if (!isBreak(code)) return "";
    const isPair = code === CARRIAGE_RETURN && this.code(1) === LINE_FEED;
    this.#position += isPair ? 2 : 1;
    this.index += isPair ? 2 : 1;
    this.column = 0;
    this.line++;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  skipBlanks(): void {
    this.readWhile(isBlank);
  }

  skipComment(): void {
    if (this.char() === "#") this.readWhile((code) => !isBreakOrEnd(code));
  }

  skipByteOrderMark(): void {
    if (this.column === 0 && this.code() === BYTE_ORDER_MARK) this.#advance();
  }

  #advance(): void {
    this.#position += (this.#text.codePointAt(this.#position) ?? 0) > 0xffff ? 2 : 1;
    this.index++;
    this.column++;
  }

  /** `---` or `...` at the start of a line, and nothing right behind. */
  atDocumentIndicator(): boolean {
    if (this.column !== 0) return false;
    const text = this.char() + this.char(1) + this.char(2);
    return (text === "---" || text === "...") && isBlankOrEnd(this.code(3));
  }
}

/** Of the piece that holds the unit at `index`. */
function pieceStart(text: string, index: number): number {
  let [start, bytes] = [0, 0];
  for (let position = 0; position < index;) {
    const code = text.codePointAt(position) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    // A character on the border belongs to the later piece.
    if (bytes + size > PIECE_BYTES) [start, bytes] = [position, 0];
    bytes += size;
    position += code > 0xffff ? 2 : 1;
  }
  return bytes === PIECE_BYTES ? index : start;
}
