/**
 * Characters read times instructions of the program: some seconds of one core where each character is held against each
 * instruction. FindAll is quadratic on hostile texts.
 */
const MAX_WORK = 2 ** 26;

const EMPTY = Object.freeze({
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
});

const NEWLINE = 10;
const END_OF_TEXT = -8;

/**
 * A text as the engine reads it, by UTF-16 positions and whole characters, which counts the reading and stops it: the
 * engine itself is linear in one search, but a pattern may ask for as many searches as the text has characters.
 */
export class CountedText {
  /** Characters read so far. */
  reads = 0;
  readonly #text: string;
  readonly #maxReads: number;

  constructor(text: string, instructions: number, maxWork = MAX_WORK) {
    this.#text = text;
    this.#maxReads = maxWork / Math.max(1, instructions);
  }

  /** The character at a position, shifted left by three, with its width in units below. */
  step(position: number): number {
    if (++this.reads > this.#maxReads) throw new RangeError("a regular expression takes too many steps on this text");
    const code = this.#text.codePointAt(position);
    if (code === undefined) return END_OF_TEXT;
    return (code << 3) | (code > 0xffff ? 2 : 1);
  }

  widthAt(position: number): number {
    return (this.#text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
  }

  /** Which empty matches are possible between two characters. */
  context(position: number): number {
    const before = position > 0 ? this.#text.charCodeAt(position - 1) : undefined;
    const after = position < this.#text.length ? this.#text.charCodeAt(position) : undefined;
    let flags = isWord(before) === isWord(after) ? EMPTY.noWordBoundary : EMPTY.wordBoundary;
    if (before === undefined) flags |= EMPTY.beginText | EMPTY.beginLine;
    else if (before === NEWLINE) flags |= EMPTY.beginLine;
    if (after === undefined) flags |= EMPTY.endText | EMPTY.endLine;
    else if (after === NEWLINE) flags |= EMPTY.endLine;
    return flags;
  }

  endPos(): number {
    return this.#text.length;
  }

  canCheckPrefix(): boolean {
    return true;
  }

  /** How far ahead the literal that every match begins with stands, or -1. */
  index(program: { readonly prefix: string }, position: number): number {
    const found = this.#text.indexOf(program.prefix, position);
    return found < 0 ? -1 : found - position;
  }

  prefixLength(program: { readonly prefix: string }): number {
    return program.prefix.length;
  }

  /** Whether a literal without which nothing matches is there. Asked once a text: once a match it would be quadratic. */
  hasString(filter: { readonly str: string }, position: number): boolean {
    return position > 0 || this.#text.includes(filter.str);
  }

  hasAnyString(filter: LiteralFilter, position: number): boolean {
    return position > 0 || filter.automaton16().searchUTF16(this.#text, 0, this.#text.length);
  }
}

interface LiteralFilter {
  automaton16(): { searchUTF16(text: string, start: number, end: number): boolean };
}

function isWord(code: number | undefined): boolean {
  if (code === undefined) return false;
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a)
  );
}
