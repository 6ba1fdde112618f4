import { ByteReader } from "../module/byte-reader.ts";

const HEADER_BYTES = 8;
const CUSTOM = 0;

/** The sections that a function's code hangs on, by their numbers. */
export const SECTION = Object.freeze({ type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const);

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

/** The module with other payloads, each in pieces, for some of its sections. */
export function writeSections(
  module: Uint8Array,
  sections: readonly Section[],
  payloads: ReadonlyMap<number, readonly Uint8Array[]>,
): Uint8Array {
  const parts = sections.flatMap(({ id, payload }) => {
    const pieces = payloads.get(id) ?? [payload];
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return [Uint8Array.from([id, ...unsigned(length)]), ...pieces];
  });
  return Buffer.concat([module.subarray(0, HEADER_BYTES), ...parts]);
}

/** @throws RangeError for a section that is there twice, which the engine refuses */
export function findSection(sections: readonly Section[], id: number): Uint8Array | undefined {
  const [found, ...others] = sections.filter((section) => section.id === id);
  if (others.length > 0) throw new RangeError(`the section ${id} is there twice`);
  return found?.payload;
}

const FUNCTION_TYPE = 0x60;
export const I32 = 0x7f;

/** How many values of 32 bits a function takes, and returns. */
export interface Shape {
  readonly operands: number;
  readonly results: number;
}

/** Of the functions of each type; undefined where other values are among them. */
export function readShapes(payload: Uint8Array): readonly (Shape | undefined)[] {
  const reader = new ByteReader(payload);
  const shapes: (Shape | undefined)[] = [];
  for (let left = reader.unsigned(); left > 0; left--) {
    if (reader.byte() !== FUNCTION_TYPE) throw new RangeError("a type of another kind");
    const [operands, results] = [reader.take(reader.unsigned()), reader.take(reader.unsigned())];
    const isPlain = [...operands, ...results].every((type) => type === I32);
    shapes.push(isPlain ? { operands: operands.length, results: results.length } : undefined);
  }
  return shapes;
}

const KIND = Object.freeze({ function: 0, table: 1, memory: 2, global: 3 } as const);

/** The names of the imported functions, in the order of their indices, and how many globals are imported. */
export function readImports(payload: Uint8Array): { readonly functions: readonly string[]; readonly globals: number } {
  const reader = new ByteReader(payload);
  const functions: string[] = [];
  let globals = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    reader.skip(reader.unsigned());
    const name = reader.text(reader.unsigned());
    const kind = reader.byte();
    if (kind === KIND.function) {
      reader.unsigned();
      functions.push(name);
    } else if (kind === KIND.global) {
      reader.skip(2);
      globals += 1;
    } else {
      if (kind === KIND.table) reader.byte();
      const hasMaximum = (reader.unsigned() & 1) === 1;
      reader.unsigned();
      if (hasMaximum) reader.unsigned();
    }
  }
  return { functions, globals };
}

/** A section that is a list, with more items behind its own. */
export function appendItems(payload: Uint8Array, items: readonly (readonly number[])[]): readonly Uint8Array[] {
  const reader = new ByteReader(payload);
  const count = Uint8Array.from(unsigned(reader.unsigned() + items.length));
  return [count, payload.subarray(reader.position), Uint8Array.from(items.flat())];
}

/** A global of 32 bits that starts as zero and may be set. */
export const ZERO_GLOBAL: readonly number[] = [I32, 1, 0x41, 0, 0x0b];

export function globalExport(name: string, index: number): readonly number[] {
  const bytes = Buffer.from(name);
  return [...unsigned(bytes.length), ...bytes, KIND.global, ...unsigned(index)];
}

const FUNCTION_NAMES = 1;

/** The index of each function that the name sections name; a name that is there twice is left out. */
export function readFunctionNames(sections: readonly Section[]): ReadonlyMap<string, number> {
  const indices = new Map<string, number>();
  const twice = new Set<string>();
  for (const { id, payload } of sections) {
    if (id !== CUSTOM) continue;
    const reader = new ByteReader(payload);
    if (reader.text(reader.unsigned()) !== "name") continue;
    while (!reader.done) {
      const subsection = reader.byte();
      const content = reader.take(reader.unsigned());
      if (subsection === FUNCTION_NAMES) readNames(content, indices, twice);
    }
  }
  twice.forEach((name) => indices.delete(name));
  return indices;
}

function readNames(content: Uint8Array, indices: Map<string, number>, twice: Set<string>): void {
  const reader = new ByteReader(content);
  // Decoded once: a thousand names one by one would take longer than all the rest.
  const text = new ByteReader(content).text(content.length);
  for (let left = reader.unsigned(); left > 0; left--) {
    const index = reader.unsigned();
    const length = reader.unsigned();
    reader.skip(length);
    const name = text.slice(reader.position - length, reader.position);
    if (indices.has(name)) twice.add(name);
    indices.set(name, index);
  }
}

/** LEB128. */
export function unsigned(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(Math.floor(value / 0x80))];
}

/** LEB128 of a number that is not negative, as a constant of the code holds it. */
export function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(Math.floor(value / 0x80))];
}
