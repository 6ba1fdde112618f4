import { askForOrder, callTo } from "./function-code.ts";
import { readCalls, redirectCalls } from "./instructions.ts";
import type { ModuleParts } from "./module-parts.ts";

/** How the module visits the members of a collection: the function, by its name in the name section. */
const VISIT = "opa_value_iter";
const APPEND = "opa_array_append";
/** What OPA compiled from rules, and the module's own `walk`. */
const MAKES_LISTS = /^(?:g[0-9]+\.|eval$|__opa_value_transitive_closure$)/;

/**
 * Lets functions that make lists ask the host for the order in which to visit the members of sets and objects. OPA visits
 * them sorted, its module as they lie in a hash table: `[x | some x in {"b", "a"}]` would have another order. Elsewhere the
 * order shows in nothing, and the module goes its own way. Returns whether any function asks.
 */
export function sortVisits(parts: ModuleParts, id: number): boolean {
  const { names, imported, types, bodies } = parts;
  const [visit, append, host] = [names.get(VISIT), names.get(APPEND), imported.indexOf("opa_builtin2")];
  const type = types[(visit ?? -1) - imported.length];
  if (visit === undefined || append === undefined || host === -1 || type === undefined) return false;
  if (parts.operandCounts[type] !== 2) return false;
  const sorted = imported.length + bodies.length;
  let asks = false;
  for (const [name, index] of names) {
    const body = bodies[index - imported.length];
    if (body === undefined || !MAKES_LISTS.test(name)) continue;
    const calls = readCalls(body);
    const visits = calls.filter(({ callee }) => callee === visit);
    if (visits.length === 0 || !calls.some(({ callee }) => callee === append)) continue;
    bodies[index - imported.length] = redirectCalls(body, visits, callTo(sorted));
    asks = true;
  }
  if (!asks) return false;
  types.push(type);
  bodies.push(askForOrder({ host, id, operands: 2 }, visit));
  return true;
}
