/** Joins the lines of a plain or quoted scalar: one break is a space, several are one less. */
export class LineFolder {
  readonly #parts: string[] = [];
  #blanks = "";
  #firstBreak: string | undefined;
  #breaks = "";

  get text(): string {
    return this.#parts.join("");
  }

  /** Whether a line has ended since the last part. */
  get isBroken(): boolean {
    return this.#firstBreak !== undefined;
  }

  add(part: string): void {
    this.flush();
    this.#parts.push(part);
  }

  /** Blanks at the start of a line do not count. */
  addBlank(blank: string): void {
    if (this.#firstBreak === undefined) this.#blanks += blank;
  }

  addBreak(lineBreak: string): void {
    if (this.#firstBreak === undefined) {
      this.#firstBreak = lineBreak;
      this.#blanks = "";
    } else this.#breaks += lineBreak;
  }

  /** An escaped break: the line ends, and no space takes its place. */
  joinLine(): void {
    this.#firstBreak = "";
  }

  flush(): void {
    if (this.#firstBreak === undefined) this.#parts.push(this.#blanks);
    else if (this.#firstBreak === "\n") this.#parts.push(this.#breaks === "" ? " " : this.#breaks);
    else this.#parts.push(this.#firstBreak + this.#breaks);
    this.#blanks = "";
    this.#breaks = "";
    this.#firstBreak = undefined;
  }
}
