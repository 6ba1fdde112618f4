import { MAX_TEXT_BYTES } from "../limits.ts";
import type { WasmMemory } from "../module/engine.ts";

const EMPTY = Buffer.alloc(0);

/**
 * Views on a module's linear memory that are kept between calls. Growing detaches them, so whoever calls into the
 * module calls `refresh` before looking again.
 */
export class MemoryView {
  bytes: Buffer = EMPTY;
  /** Of 32 bits; the word at an address has the index `address >>> 2`. */
  words: Uint32Array = new Uint32Array(0);
  data: DataView = new DataView(new ArrayBuffer(0));
  readonly #memory: WasmMemory;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.refresh();
  }

  refresh(): void {
    const { buffer } = this.#memory;
    if (this.data.buffer === buffer) return;
    this.bytes = Buffer.from(buffer);
    this.words = new Uint32Array(buffer);
    this.data = new DataView(buffer);
  }

  /** The UTF-8 text from `start` to the next NUL byte; bytes that are not UTF-8 become U+FFFD, as Go prints them. */
  readTerminated(start: number, maxBytes = MAX_TEXT_BYTES): string {
    return this.bytes.toString("utf8", start, this.#endOf(start, maxBytes));
  }

  /** The bytes from `start` to the next NUL byte. */
  copyTerminated(start: number): Buffer {
    return Buffer.from(this.bytes.subarray(start, this.#endOf(start, Number.POSITIVE_INFINITY)));
  }

  #endOf(start: number, maxBytes: number): number {
    const end = this.bytes.indexOf(0, start);
    if (end === -1) throw new RangeError(`text at ${start} has no end in ${this.bytes.length} bytes of memory`);
    if (end - start > maxBytes) throw new RangeError(`text at ${start} has more than ${maxBytes} bytes`);
    return end;
  }
}
