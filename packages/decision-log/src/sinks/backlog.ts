export interface BacklogLimits {
  readonly maxBufferRecords: number;
  readonly maxBufferBytes: number;
}

/** Lines that wait, in their order, within caps. */
export class Backlog {
  readonly #limits: BacklogLimits;
  #lines: Buffer[] = [];
  #bytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#lines.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when it does not fit; an empty backlog takes any. */
  push(line: Buffer): boolean {
    const { maxBufferRecords, maxBufferBytes } = this.#limits;
    const fits = this.#lines.length < maxBufferRecords && this.#bytes + line.length <= maxBufferBytes;
    if (!fits && this.#lines.length > 0) return false;
    this.#lines.push(line);
    this.#bytes += line.length;
    return true;
  }

  /** The first lines: at least one if there is any, then as many as stay within both caps. They stay until removed. */
  first(maxRecords: number, maxBytes: number): readonly Buffer[] {
    let [count, bytes] = [0, 0];
    for (const line of this.#lines) {
      if (count > 0 && (count >= maxRecords || bytes + line.length > maxBytes)) break;
      bytes += line.length;
      count += 1;
    }
    return this.#lines.slice(0, count);
  }

  remove(count: number): void {
    for (const line of this.#lines.slice(0, count)) this.#bytes -= line.length;
    this.#lines = this.#lines.slice(count);
  }
}
