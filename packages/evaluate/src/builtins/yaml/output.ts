/** A hostile nesting makes a thousand spaces of each character. */
const MAX_UNITS = 32 * 1024 * 1024;

export interface IndicatorOptions {
  /** Nothing stands between it and what comes before. */
  readonly isTight?: boolean;
  /** It counts as white space itself. */
  readonly isSpace?: boolean;
  /** It counts as indentation where it stands behind nothing else. */
  readonly isIndentation?: boolean;
}

/** The text so far, and what libyaml's emitter remembers of its end. */
export class Output {
  indent = -1;
  /** What the line holds is indentation. */
  isIndented = true;
  column = 0;
  #hasSpace = true;
  #length = 0;
  readonly #parts: string[] = [];

  get text(): string {
    return this.#parts.join("");
  }

  put(text: string): void {
    this.#length += text.length;
    if (this.#length > MAX_UNITS) throw new RangeError(`the text exceeds ${MAX_UNITS} characters`);
    this.#parts.push(text);
    this.column += text.length;
  }

  putBreak(lineBreak = "\n"): void {
    this.put(lineBreak);
    this.column = 0;
  }

  /** Starts a line at the indentation, unless nothing but indentation stands on this one. */
  indentLine(indent: number): void {
    const width = Math.max(indent, 0);
    const isBeyond = this.column > width || (this.column === width && !this.#hasSpace);
    if (!this.isIndented || isBeyond) this.putBreak();
    if (this.column < width) this.put(" ".repeat(width - this.column));
    this.#hasSpace = true;
    this.isIndented = true;
  }

  indicate(
    indicator: string,
    { isTight = false, isSpace = false, isIndentation = false }: IndicatorOptions = {},
  ): void {
    if (!isTight) this.separate();
    this.put(indicator);
    this.#hasSpace = isSpace;
    this.isIndented &&= isIndentation;
  }

  separate(): void {
    if (!this.#hasSpace) this.put(" ");
  }

  /** At the start of a block scalar's lines. */
  startBlock(): void {
    this.putBreak();
    this.isIndented = true;
    this.#hasSpace = true;
  }

  endScalar(): void {
    this.#hasSpace = false;
    this.isIndented = false;
  }
}
