import { askForOrder } from "./function-code.ts";
import { redirectCalls } from "./instructions.ts";
import type { ModuleFunctions } from "./module-functions.ts";

/** How the module visits the members of a collection: the function, by its name in the name section. */
const VISIT = "opa_value_iter";
const APPEND = "opa_array_append";
/** A list of a known length, as it stands in a rule, is made for that length; one that grows as it is visited, for none. */
const MAKE = "opa_array_with_cap";
const NO_LENGTH = 0;
/** What OPA compiled from rules. */
const RULES = /^(?:g[0-9]+\.|eval$)/;
/** The module's own `walk`. */
const WALK = "__opa_value_transitive_closure";

/**
 * Lets functions that make lists ask the host for the order in which to visit the members of sets and objects. OPA visits
 * them sorted, its module as they lie in a hash table: `[x | some x in {"b", "a"}]` would have another order. Elsewhere the
 * order shows in nothing, and the module goes its own way.
 *
 * @throws RangeError for code that OPA does not write; then nothing is changed
 */
export function sortVisits(functions: ModuleFunctions, id: number): void {
  const { names, imported, count } = functions;
  const [append, make] = [APPEND, MAKE].map((name) => names.get(name));
  const visit = functions.find(VISIT, { operands: 2, results: 1 })?.index;
  const host = imported.indexOf("opa_builtin2");
  if (visit === undefined || append === undefined || host === -1) return;
  const changed = new Map<number, Uint8Array>();
  for (const [name, index] of names) {
    const isWalk = name === WALK;
    const code = isWalk || RULES.test(name) ? functions.code(index) : undefined;
    const makes = isWalk || make === undefined ? { beside: append } : { beside: make, besideWith: NO_LENGTH };
    const asking = code === undefined ? undefined : redirectCalls(code, { from: visit, to: count, ...makes });
    if (asking !== undefined) changed.set(index, asking);
  }
  if (changed.size === 0) return;
  functions.add(visit, askForOrder({ host, id, operands: 2 }, visit));
  changed.forEach((code, index) => {
    functions.replace(index, code);
  });
}
