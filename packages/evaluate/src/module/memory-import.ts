import { ByteReader } from "./byte-reader.ts";

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
  const reader = new ByteReader(wasm, HEADER_BYTES);
  while (!reader.done) {
    const section = reader.byte();
    const length = reader.unsigned();
    if (section === IMPORT_SECTION) return readImports(reader);
    reader.take(length);
  }
  return undefined;
}

function readImports(reader: ByteReader): MemoryImport | undefined {
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.take(reader.unsigned());
    reader.take(reader.unsigned());
    const kind = reader.byte();
    if (kind === KIND.memory) return readLimits(reader);
    if (kind === KIND.function) reader.unsigned();
    if (kind === KIND.global) reader.take(2);
    if (kind !== KIND.table) continue;
    reader.take(1);
    readLimits(reader);
  }
  return undefined;
}

function readLimits(reader: ByteReader): MemoryImport {
  const flags = reader.byte();
  const minimumPages = reader.unsigned();
  return (flags & HAS_MAXIMUM) === 0 ? { minimumPages } : { minimumPages, maximumPages: reader.unsigned() };
}
