import {
  findSection,
  readBodies,
  readFunctionNames,
  readImportedFunctions,
  readIndices,
  readOperandCounts,
  readSections,
  SECTION,
  writeBodies,
  writeIndices,
  writeSections,
} from "./module-sections.ts";
import type { Section } from "./module-sections.ts";

/** What a change of a module's functions needs to know, and what it changes: `types` and `bodies`, together. */
export interface ModuleParts {
  readonly sections: readonly Section[];
  /** The index of each named function; those that are imported come first. */
  readonly names: ReadonlyMap<string, number>;
  readonly imported: readonly string[];
  /** Of each type: how many 32-bit operands its functions take for one result. */
  readonly operandCounts: readonly (number | undefined)[];
  /** Of each function that is not imported, the index of its type. */
  readonly types: number[];
  /** Its code. */
  readonly bodies: Uint8Array[];
}

/** Undefined for bytes that are no module, or one without functions. */
export function readParts(module: Uint8Array): ModuleParts | undefined {
  try {
    const sections = readSections(module);
    const numbers = [SECTION.type, SECTION.import, SECTION.function, SECTION.code];
    const [types, imports, functions, code] = numbers.map((id) => findSection(sections, id));
    if (types === undefined || imports === undefined || functions === undefined || code === undefined) return undefined;
    return {
      sections,
      names: readFunctionNames(sections),
      imported: readImportedFunctions(imports),
      operandCounts: readOperandCounts(types),
      types: readIndices(functions),
      bodies: readBodies(code),
    };
  } catch {
    return undefined;
  }
}

export function writeParts(module: Uint8Array, { sections, types, bodies }: ModuleParts): Uint8Array {
  const changed = sections.map((section) => {
    if (section.id === SECTION.function) return { ...section, payload: writeIndices(types) };
    return section.id === SECTION.code ? { ...section, payload: writeBodies(bodies) } : section;
  });
  return writeSections(module, changed);
}
