import { ByteReader } from "../module/byte-reader.ts";

const HEADER_BYTES = 8;
const CUSTOM = 0;

/** The sections that a function's code hangs on, by their numbers. */
export const SECTION = Object.freeze({ type: 1, import: 2, function: 3, code: 10 } as const);

export interface Section {
  readonly id: number;
  readonly payload: Uint8Array;
}

/** @throws RangeError for bytes that are no whole module */
export function readSections(module: Uint8Array): readonly Section[] {
  const reader = new ByteReader(module, HEADER_BYTES);
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    sections.push({ id, payload: reader.take(reader.unsigned()) });
  }
  return sections;
}

/** @throws RangeError */
export function writeSections(header: Uint8Array, sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap(({ id, payload }) => [Uint8Array.of(id), unsigned(payload.length), payload]);
  return Buffer.concat([header.subarray(0, HEADER_BYTES), ...parts]);
}

export function findSection(sections: readonly Section[], id: number): Uint8Array | undefined {
  return sections.find((section) => section.id === id)?.payload;
}

/** The bodies of the code section, or the types of the function section: whatever is a counted list of sized items. */
export function readBodies(payload: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(payload);
  return Array.from({ length: readCount(reader, payload) }, () => reader.take(reader.unsigned()));
}

export function writeBodies(bodies: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([unsigned(bodies.length), ...bodies.flatMap((body) => [unsigned(body.length), body])]);
}

/** The index of each function's type. */
export function readIndices(payload: Uint8Array): number[] {
  const reader = new ByteReader(payload);
  return Array.from({ length: readCount(reader, payload) }, () => reader.unsigned());
}

export function writeIndices(indices: readonly number[]): Uint8Array {
  return Buffer.concat([unsigned(indices.length), ...indices.map(unsigned)]);
}

/** Every item takes a byte at least: a count beyond them would reserve memory for nothing. */
function readCount(reader: ByteReader, payload: Uint8Array): number {
  const count = reader.unsigned();
  if (count > payload.length) throw new RangeError("a section has fewer items than it says");
  return count;
}

const FUNCTION_TYPE = 0x60;
export const I32 = 0x7f;

/** How many 32-bit operands the functions of each type take that return one; undefined for other types. */
export function readOperandCounts(payload: Uint8Array): readonly (number | undefined)[] {
  const reader = new ByteReader(payload);
  return Array.from({ length: readCount(reader, payload) }, () => {
    if (reader.byte() !== FUNCTION_TYPE) throw new RangeError("a type of another kind");
    const [operands, results] = [reader.take(reader.unsigned()), reader.take(reader.unsigned())];
    const isPlain = results.length === 1 && [...operands, ...results].every((type) => type === I32);
    return isPlain ? operands.length : undefined;
  });
}

const KIND = Object.freeze({ function: 0, table: 1, memory: 2, global: 3 } as const);

/** The names of the imported functions, in the order of their indices. */
export function readImportedFunctions(payload: Uint8Array): readonly string[] {
  const reader = new ByteReader(payload);
  const names: string[] = [];
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.take(reader.unsigned());
    const name = Buffer.from(reader.take(reader.unsigned())).toString();
    const kind = reader.byte();
    if (kind === KIND.function) {
      reader.unsigned();
      names.push(name);
    } else if (kind === KIND.global) reader.take(2);
    else {
      if (kind === KIND.table) reader.byte();
      const hasMaximum = (reader.unsigned() & 1) === 1;
      reader.unsigned();
      if (hasMaximum) reader.unsigned();
    }
  }
  return names;
}

const FUNCTION_NAMES = 1;

/** The index of each function that the name section names; a name that is there twice is left out. */
export function readFunctionNames(sections: readonly Section[]): ReadonlyMap<string, number> {
  const indices = new Map<string, number>();
  const twice = new Set<string>();
  for (const { id, payload } of sections) {
    const reader = new ByteReader(payload);
    if (id !== CUSTOM || Buffer.from(reader.take(reader.unsigned())).toString() !== "name") continue;
    while (!reader.done) {
      const subsection = reader.byte();
      const names = new ByteReader(reader.take(reader.unsigned()));
      if (subsection !== FUNCTION_NAMES) continue;
      for (let left = names.unsigned(); left > 0; left--) {
        const index = names.unsigned();
        const name = Buffer.from(names.take(names.unsigned())).toString("latin1");
        if (indices.has(name)) twice.add(name);
        indices.set(name, index);
      }
    }
  }
  twice.forEach((name) => indices.delete(name));
  return indices;
}

/** LEB128. */
export function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/** LEB128 of a number that is not negative, as a constant of the code holds it. */
export function signed(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 64) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}
