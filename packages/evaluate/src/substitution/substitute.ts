import { callHost, callHostForFractions, callHostForSets, callHostForUndefined, widenFirst } from "./function-code.ts";
import { readParts, writeParts } from "./module-parts.ts";
import type { ModuleParts } from "./module-parts.ts";
import { FIRST_SUBSTITUTE_ID, SUBSTITUTES, VISITING_ID } from "./substitutes.ts";
import type { Substitute } from "./substitutes.ts";
import { sortVisits } from "./visiting-order.ts";

export interface SubstitutedModule {
  readonly bytes: Uint8Array;
  /** The builtins that the host answers in the module's place, by the numbers that it is called with. */
  readonly substitutes: ReadonlyMap<string, number>;
}

/**
 * The module in which each function of the table asks the host instead, and the host says in which order lists are made
 * of sets and objects. Only the code of functions changes, and new ones come at the end, so that nothing else of the
 * module moves. OPA keeps the functions that a policy uses, and their names; a module without names, as no pinned OPA
 * makes it, stays as it is, and so do bytes that are no module, which the engine refuses.
 */
export function substitute(module: Uint8Array, table: readonly Substitute[] = SUBSTITUTES): SubstitutedModule {
  const parts = readParts(module);
  const substitutes = new Map<string, number>();
  if (parts === undefined) return { bytes: module, substitutes };
  // Before bodies are replaced by code of ours, which needs no change.
  const isSorted = table.length > 0 && trySortVisits(parts);
  for (const [offset, entry] of table.entries()) {
    const id = FIRST_SUBSTITUTE_ID + offset;
    if (replaceBody(parts, entry, id)) substitutes.set(entry.builtin, id);
  }
  return { bytes: isSorted || substitutes.size > 0 ? writeParts(module, parts) : module, substitutes };
}

function trySortVisits(parts: ModuleParts): boolean {
  try {
    return sortVisits(parts, VISITING_ID);
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

const DETOURS = {
  fractions: callHostForFractions,
  sets: callHostForSets,
  undefined: callHostForUndefined,
  wide: widenFirst,
};

/** Whether the module has the function, in the shape that OPA gives it. */
function replaceBody(parts: ModuleParts, { native, operands, when }: Substitute, id: number): boolean {
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
  bodies[index] = DETOURS[when](call, imported.length + bodies.length - 1);
  return true;
}
