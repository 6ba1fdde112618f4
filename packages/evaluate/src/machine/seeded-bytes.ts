import { createHash } from "node:crypto";

/** Endless bytes that a text alone decides: SHA-256 of the text, a zero byte and a counter, block behind block. */
export class SeededBytes {
  readonly #seed: string;
  #counter = 0;
  #rest = Buffer.alloc(0);

  constructor(seed: string) {
    this.#seed = seed;
  }

  take(length: number): Uint8Array {
    const blocks = [this.#rest];
    for (let have = this.#rest.length; have < length; have += 32) {
      blocks.push(createHash("sha256").update(`${this.#seed}\0${this.#counter++}`).digest());
    }
    const bytes = Buffer.concat(blocks);
    this.#rest = bytes.subarray(length);
    return bytes.subarray(0, length);
  }
}
