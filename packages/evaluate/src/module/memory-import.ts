/** The limits with which a module imports its memory, in pages of 64 KiB. */
export interface MemoryImport {
  readonly minimumPages: number;
  readonly maximumPages?: number;
}

const IMPORT_SECTION = 2;
const HEADER_BYTES = 8;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
const HAS_MAXIMUM = 1;

/**
 * Finds the memory import, whose limits the JavaScript API does not tell. The bytes must have compiled: only the parts
 * that lead to the import are read.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html#import-section
 */
export function readMemoryImport(wasm: Uint8Array): MemoryImport | undefined {
  const reader = new SectionReader(wasm, HEADER_BYTES);
  while (!reader.done) {
    const section = reader.byte();
    const length = reader.unsigned();
    if (section === IMPORT_SECTION) return readImports(reader);
    reader.skip(length);
  }
  return undefined;
}

function readImports(reader: SectionReader): MemoryImport | undefined {
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.skip(reader.unsigned());
    reader.skip(reader.unsigned());
    const kind = reader.byte();
    if (kind === KIND.memory) return reader.limits();
    if (kind === KIND.function) reader.unsigned();
    if (kind === KIND.global) reader.skip(2);
    if (kind !== KIND.table) continue;
    reader.skip(1);
    reader.limits();
  }
  return undefined;
}

class SectionReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#position++] ?? 0;
  }

  skip(length: number): void {
    this.#position += length;
  }

  /** LEB128, at most 32 bits in a module that compiled. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  limits(): MemoryImport {
    const flags = this.byte();
    const minimumPages = this.unsigned();
    return (flags & HAS_MAXIMUM) === 0 ? { minimumPages } : { minimumPages, maximumPages: this.unsigned() };
  }
}
