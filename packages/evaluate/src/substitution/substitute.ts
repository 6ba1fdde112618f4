import { callHost, callHostForFractions, callHostForSets, callHostForUndefined, widenFirst } from "./function-code.ts";
import { keepWhatIsFound } from "./kept-memory.ts";
import { readFunctions } from "./module-functions.ts";
import type { ModuleFunctions } from "./module-functions.ts";
import { FIRST_SUBSTITUTE_ID, SUBSTITUTES, VISITING_ID } from "./substitutes.ts";
import type { Substitute } from "./substitutes.ts";
import { returnUntrimmed } from "./untrimmed.ts";
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
  const functions = table.length === 0 ? undefined : readFunctions(module);
  const substitutes = new Map<string, number>();
  if (functions === undefined) return { bytes: module, substitutes };
  trySortVisits(functions);
  keepWhatIsFound(functions);
  returnUntrimmed(functions);
  for (const [offset, entry] of table.entries()) {
    const id = FIRST_SUBSTITUTE_ID + offset;
    if (replaceFunction(functions, entry, id)) substitutes.set(entry.builtin, id);
  }
  return { bytes: functions.areChanged ? functions.write() : module, substitutes };
}

/** A module with code that is not known here keeps its own order. */
function trySortVisits(functions: ModuleFunctions): void {
  try {
    sortVisits(functions, VISITING_ID);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
  }
}

const DETOURS = {
  fractions: callHostForFractions,
  sets: callHostForSets,
  undefined: callHostForUndefined,
  wide: widenFirst,
};

/** Whether the module has the function, in the shape that OPA gives it. */
function replaceFunction(functions: ModuleFunctions, { native, operands, when }: Substitute, id: number): boolean {
  const host = functions.imported.indexOf(`opa_builtin${operands}`);
  const found = functions.find(native, { operands, results: 1 });
  if (found === undefined || host === -1) return false;
  const { index, code } = found;
  const call = { host, id, operands };
  // The function's own code moves to the end, where its index disturbs no other.
  functions.replace(index, when === undefined ? callHost(call) : DETOURS[when](call, functions.add(index, code)));
  return true;
}
