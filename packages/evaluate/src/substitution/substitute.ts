import { callHost, callHostForFractions, callHostForUndefined, widenFirst } from "./function-code.ts";
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
import { FIRST_SUBSTITUTE_ID, SUBSTITUTES } from "./substitutes.ts";
import type { Substitute } from "./substitutes.ts";

export interface SubstitutedModule {
  readonly bytes: Uint8Array;
  /** The builtins that the host answers in the module's place, by the numbers that it is called with. */
  readonly substitutes: ReadonlyMap<string, number>;
}

/**
 * The module in which each function of the table asks the host instead: only its body changes, so that nothing else of
 * the module moves. OPA keeps the functions that a policy uses, and their names; a module without names, as no pinned
 * OPA makes it, stays as it is, and so do bytes that are no module, which the engine refuses.
 */
export function substitute(module: Uint8Array, table: readonly Substitute[] = SUBSTITUTES): SubstitutedModule {
  const parts = tryReadParts(module);
  const substitutes = new Map<string, number>();
  for (const [offset, entry] of table.entries()) {
    const id = FIRST_SUBSTITUTE_ID + offset;
    if (parts !== undefined && replaceBody(parts, entry, id)) substitutes.set(entry.builtin, id);
  }
  if (parts === undefined || substitutes.size === 0) return { bytes: module, substitutes };
  const { sections, types, bodies } = parts;
  const changed = sections.map((section) => {
    if (section.id === SECTION.function) return { ...section, payload: writeIndices(types) };
    return section.id === SECTION.code ? { ...section, payload: writeBodies(bodies) } : section;
  });
  return { bytes: writeSections(module, changed), substitutes };
}

function tryReadParts(module: Uint8Array): Parts | undefined {
  try {
    return readParts(module);
  } catch {
    return undefined;
  }
}

type Parts = NonNullable<ReturnType<typeof readParts>>;

function readParts(module: Uint8Array) {
  const sections = readSections(module);
  const [typeSection, importSection, functionSection, codeSection] = [
    SECTION.type,
    SECTION.import,
    SECTION.function,
    SECTION.code,
  ].map((id) => findSection(sections, id));
  if (typeSection === undefined || importSection === undefined) return undefined;
  if (functionSection === undefined || codeSection === undefined) return undefined;
  return {
    sections,
    names: readFunctionNames(sections),
    imported: readImportedFunctions(importSection),
    operandCounts: readOperandCounts(typeSection),
    /** Of each function's type; grows with `bodies`. */
    types: readIndices(functionSection),
    bodies: readBodies(codeSection),
  };
}

const DETOURS = { fractions: callHostForFractions, undefined: callHostForUndefined, wide: widenFirst };

/** Whether the module has the function, in the shape that OPA gives it. */
function replaceBody(parts: Parts, { native, operands, when }: Substitute, id: number): boolean {
  const { names, imported, operandCounts, types, bodies } = parts;
  const host = imported.indexOf(`opa_builtin${operands}`);
  const index = (names.get(native) ?? -1) - imported.length;
  const [type, body] = [types[index], bodies[index]];
  if (host === -1 || type === undefined || body === undefined || operandCounts[type] !== operands) return false;
  const call = { host, id, operands };
  if (when === undefined) {
    bodies[index] = callHost(call);
    return true;
  }
  // The function's own body moves to the end, where its index disturbs no other.
  types.push(type);
  bodies.push(body);
  const moved = imported.length + bodies.length - 1;
  bodies[index] = DETOURS[when](call, moved);
  return true;
}
