const MAX_U32 = 0xffff_ffff;

/** Reads the pieces of WebAssembly's binary form, one behind another. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  get position(): number {
    return this.#position;
  }

  /** @throws RangeError behind the end, as every method here */
  byte(): number {
    const byte = this.#bytes[this.#position++];
    if (byte === undefined) throw new RangeError("the bytes end here");
    return byte;
  }

  skip(length: number): void {
    this.#position += length;
    if (this.#position > this.#bytes.length) throw new RangeError("the bytes end here");
  }

  take(length: number): Uint8Array {
    const start = this.#position;
    this.skip(length);
    return this.#bytes.subarray(start, this.#position);
  }

  /** One character a byte. */
  text(length: number): string {
    const { buffer, byteOffset } = this.take(length);
    return Buffer.from(buffer, byteOffset, length).toString("latin1");
  }

  /** LEB128 of at most 32 bits. */
  unsigned(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value -= 0x80;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && value <= MAX_U32) return value;
      if (byte < 0x80) break;
    }
    throw new RangeError("an integer of over 32 bits");
  }
}
