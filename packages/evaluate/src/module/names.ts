import type { OpaExports } from "./abi.ts";
import { invalid } from "./module.ts";
import { VISITING_ID } from "../substitution/substitutes.ts";
import { RegoObject } from "../values/values.ts";
import { parseValueText } from "../values/value-text.ts";
import type { MemoryView } from "../machine/memory.ts";

/** Thousands of entrypoints are a large policy. */
const MAX_TABLE_BYTES = 4 * 1024 * 1024;
/** OPA counts entrypoints, and builtins by their place among all that a policy calls. */
const MAX_ID = { entrypoints: 0xffff, builtins: VISITING_ID - 1 } as const;

/**
 * One of the module's tables, an object of name to number, as `builtins` and `entrypoints` return it.
 *
 * @throws EvaluationError WASM_INVALID when the numbers are not those of a table that OPA makes
 */
export function readNames(
  exports: OpaExports,
  memory: MemoryView,
  which: "builtins" | "entrypoints",
): ReadonlyMap<string, number> {
  const text = exports.opa_value_dump(exports[which]()) >>> 0;
  memory.refresh();
  const table = parseValueText(memory.readTerminated(text, MAX_TABLE_BYTES));
  if (!(table instanceof RegoObject)) throw invalidTable(which);
  const names = new Map<string, number>();
  const numbers = new Set<bigint>();
  for (const [name, id] of table.entries) {
    const known = typeof id === "bigint" && id >= 0n && id <= MAX_ID[which] && !numbers.has(id);
    if (!known || typeof name !== "string" || names.has(name)) throw invalidTable(which);
    numbers.add(id);
    names.set(name, Number(id));
  }
  return names;
}

function invalidTable(which: string) {
  return invalid(`policy.wasm has a table of ${which} that OPA does not make; do not use this pack.`);
}
