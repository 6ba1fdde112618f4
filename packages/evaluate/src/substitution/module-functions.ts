import { ByteReader } from "../module/byte-reader.ts";
import {
  appendItems,
  findSection,
  globalExport,
  readFunctionNames,
  readImports,
  readSections,
  readShapes,
  SECTION,
  unsigned,
  writeSections,
  ZERO_GLOBAL,
} from "./module-sections.ts";
import type { Section, Shape } from "./module-sections.ts";

/** The sections that a function's code hangs on. */
interface FunctionSections {
  readonly sections: readonly Section[];
  readonly types: Uint8Array;
  readonly imports: Uint8Array;
  readonly functions: Uint8Array;
  readonly code: Uint8Array;
  /** OPA's modules have both. */
  readonly globals: Uint8Array | undefined;
  readonly exports: Uint8Array | undefined;
}

/** Undefined for bytes that are no module, or one without functions, names or imports: the engine tells what they are. */
export function readFunctions(module: Uint8Array): ModuleFunctions | undefined {
  try {
    const sections = readSections(module);
    const { type, import: imported, function: declared, code: defined } = SECTION;
    const [types, imports, functions, code] = [type, imported, declared, defined].map((id) =>
      findSection(sections, id),
    );
    if (types === undefined || imports === undefined || functions === undefined || code === undefined) return undefined;
    const [globals, exports] = [SECTION.global, SECTION.export].map((id) => findSection(sections, id));
    return new ModuleFunctions(module, { sections, types, imports, functions, code, globals, exports });
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/**
 * The functions of a module, by their indices, those that are imported first. Some get other code, and new ones come at
 * the end; everything else is written as it was read.
 */
export class ModuleFunctions {
  readonly imported: readonly string[];
  /** The index of each function that the module names once. */
  readonly names: ReadonlyMap<string, number>;
  readonly #module: Uint8Array;
  readonly #sections: readonly Section[];
  readonly #shapes: readonly (Shape | undefined)[];
  readonly #types: number[];
  /** The functions and the code as they were read, without the counts in front. */
  readonly #declared: Uint8Array;
  readonly #defined: Uint8Array;
  /** Where each function's code ends in `#defined`; the next one's length follows. */
  readonly #ends: readonly number[];
  readonly #changed = new Map<number, Uint8Array>();
  readonly #added: Uint8Array[] = [];
  readonly #importedGlobals: number;
  readonly #globals: Uint8Array | undefined;
  readonly #exports: Uint8Array | undefined;
  readonly #addedGlobals: string[] = [];

  /** @throws RangeError for sections that are not whole */
  constructor(module: Uint8Array, { sections, types, imports, functions, code, globals, exports }: FunctionSections) {
    this.#module = module;
    this.#globals = globals;
    this.#exports = exports;
    this.#sections = sections;
    this.names = readFunctionNames(sections);
    const imported = readImports(imports);
    this.imported = imported.functions;
    this.#importedGlobals = imported.globals;
    this.#shapes = readShapes(types);
    const declared = new ByteReader(functions);
    const count = declared.unsigned();
    this.#declared = functions.subarray(declared.position);
    this.#types = readItems(declared, count, () => declared.unsigned());
    const defined = new ByteReader(code);
    if (defined.unsigned() !== count) throw new RangeError("other functions are declared than defined");
    this.#defined = code.subarray(defined.position);
    const start = defined.position;
    this.#ends = readItems(defined, count, () => {
      defined.skip(defined.unsigned());
      return defined.position - start;
    });
  }

  /** The function of this name, if it has this shape and is the module's own. */
  find(name: string, { operands, results }: Shape): { readonly index: number; readonly code: Uint8Array } | undefined {
    const index = this.names.get(name);
    const code = index === undefined ? undefined : this.code(index);
    if (index === undefined || code === undefined) return undefined;
    const shape = this.#shapes[this.#types[index - this.imported.length] ?? -1];
    return shape?.operands === operands && shape.results === results ? { index, code } : undefined;
  }

  /** A function's code as it was read; undefined for one that is imported, or not there. */
  code(index: number): Uint8Array | undefined {
    const position = index - this.imported.length;
    const end = this.#ends[position];
    if (end === undefined) return undefined;
    const reader = new ByteReader(this.#defined, position === 0 ? 0 : this.#ends[position - 1]);
    return reader.take(reader.unsigned());
  }

  replace(index: number, code: Uint8Array): void {
    this.#changed.set(index - this.imported.length, code);
  }

  /** Adds a function of the same type as the one at the index `like`, and tells its index. */
  add(like: number, code: Uint8Array): number {
    this.#types.push(this.#types[like - this.imported.length] ?? 0);
    this.#added.push(code);
    return this.count - 1;
  }

  /** Adds a global of 32 bits that the host sets, and tells its index; undefined where the module has none of its own. */
  addGlobal(name: string): number | undefined {
    if (this.#globals === undefined || this.#exports === undefined) return undefined;
    this.#addedGlobals.push(name);
    return this.#firstGlobal(this.#globals) + this.#addedGlobals.length - 1;
  }

  #firstGlobal(globals: Uint8Array): number {
    return this.#importedGlobals + new ByteReader(globals).unsigned();
  }

  /** Of all functions: the index of the next one that is added. */
  get count(): number {
    return this.imported.length + this.#types.length;
  }

  get areChanged(): boolean {
    return this.#changed.size > 0 || this.#added.length > 0;
  }

  /** The whole module. */
  write(): Uint8Array {
    const payloads = new Map<number, readonly Uint8Array[]>([
      [SECTION.function, this.#writeDeclared()],
      [SECTION.code, this.#writeDefined()],
    ]);
    const [globals, exports, names] = [this.#globals, this.#exports, this.#addedGlobals];
    if (globals !== undefined && exports !== undefined && names.length > 0) {
      const first = this.#firstGlobal(globals);
      payloads.set(
        SECTION.global,
        appendItems(
          globals,
          names.map(() => ZERO_GLOBAL),
        ),
      );
      payloads.set(
        SECTION.export,
        appendItems(
          exports,
          names.map((name, index) => globalExport(name, first + index)),
        ),
      );
    }
    return writeSections(this.#module, this.#sections, payloads);
  }

  #writeDeclared(): readonly Uint8Array[] {
    const added = this.#types.slice(this.#ends.length).flatMap(unsigned);
    return [Uint8Array.from(unsigned(this.#types.length)), this.#declared, Uint8Array.from(added)];
  }

  #writeDefined(): readonly Uint8Array[] {
    const parts: Uint8Array[] = [Uint8Array.from(unsigned(this.#types.length))];
    let kept = 0;
    for (const [position, code] of [...this.#changed].sort(([left], [right]) => left - right)) {
      parts.push(this.#defined.subarray(kept, position === 0 ? 0 : this.#ends[position - 1]), ...sized(code));
      kept = this.#ends[position] ?? kept;
    }
    parts.push(this.#defined.subarray(kept), ...this.#added.flatMap(sized));
    return parts;
  }
}

/** @throws RangeError where something is left behind the last, which the engine refuses and a changed module must not hide */
function readItems(reader: ByteReader, count: number, read: () => number): number[] {
  const items: number[] = [];
  for (let left = count; left > 0; left--) items.push(read());
  if (!reader.done) throw new RangeError("a section has more items than it says");
  return items;
}

function sized(code: Uint8Array): readonly Uint8Array[] {
  return [Uint8Array.from(unsigned(code.length)), code];
}
