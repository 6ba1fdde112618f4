import { FormatError } from "@policy-pack/pack";

const FIRST_BYTES = 64 * 1024;

/**
 * Collects a body into one growing buffer. Chunks are copied at once and not kept: a body sent a byte at a time would
 * otherwise hold a hundred times its size in chunk objects.
 */
export class ByteSink {
  readonly #maxBytes: number;
  readonly #where: string;
  #buffer: Buffer;
  #length = 0;

  /** @param expected the announced length, if any: a hint for the first allocation, never trusted beyond the cap */
  constructor(maxBytes: number, expected: number | undefined, where: string) {
    this.#maxBytes = maxBytes;
    this.#where = where;
    if (expected !== undefined && expected > maxBytes) throw this.#tooLarge();
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(maxBytes, expected ?? FIRST_BYTES));
  }

  get length(): number {
    return this.#length;
  }

  /** @throws FormatError LIMIT_EXCEEDED when the cap is passed */
  push(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#maxBytes) throw this.#tooLarge();
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(length, this.#buffer.length * 2)));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #tooLarge(): FormatError {
    return new FormatError(
      "LIMIT_EXCEEDED",
      `The body of ${this.#where} is larger than ${this.#maxBytes} bytes; it was cut off. Check the url, or the limit if one was set.`,
    );
  }
}
