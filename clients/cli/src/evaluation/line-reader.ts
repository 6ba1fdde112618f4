/** One line of a file, or why it is none. */
export interface Line {
  /** From 1 on. */
  readonly number: number;
  /** Without the line feed; undefined for a line beyond the cap, of which nothing is kept. */
  readonly bytes: Uint8Array | undefined;
}

/** Lines that came together, and how many bytes of the file are read by then. */
export interface LineBatch {
  readonly lines: readonly Line[];
  readonly readBytes: number;
}

export interface LineLimits {
  readonly maxLineBytes: number;
  readonly maxLines: number;
}

const LINE_FEED = 0x0a;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/**
 * Cuts pieces into lines and hands them on in batches, so that no more than a batch and a line are held. Lines of nothing
 * but white space are left out; they count in the numbers of those behind.
 */
export async function* readLineBatches(
  source: AsyncIterable<Uint8Array | string>,
  limits: LineLimits,
): AsyncGenerator<LineBatch> {
  const cutter = new LineCutter(limits.maxLineBytes);
  let readBytes = 0;
  for await (const piece of source) {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    readBytes += bytes.byteLength;
    const lines = cutter.cut(bytes);
    for (let start = 0; start < lines.length; start += limits.maxLines) {
      yield { lines: lines.slice(start, start + limits.maxLines), readBytes };
    }
  }
  const last = cutter.end();
  if (last.length > 0) yield { lines: last, readBytes };
}

class LineCutter {
  readonly #maxBytes: number;
  #number = 1;
  #held: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  cut(piece: Uint8Array): readonly Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      this.#hold(piece.subarray(start, end));
      lines.push(...this.end());
      this.#number += 1;
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
    return lines;
  }

  /** The line that is held, unless it is blank. */
  end(): readonly Line[] {
    const isTooLong = this.#size > this.#maxBytes;
    const bytes = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#size = 0;
    if (isTooLong) return [{ number: this.#number, bytes: undefined }];
    return bytes === undefined || isBlank(bytes) ? [] : [{ number: this.#number, bytes }];
  }

  #hold(part: Uint8Array): void {
    this.#size += part.byteLength;
    if (this.#size > this.#maxBytes) this.#held = [];
    else if (part.byteLength > 0) this.#held.push(part);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => SPACES.has(byte));
}
