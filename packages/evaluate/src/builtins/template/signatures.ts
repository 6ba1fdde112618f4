import { BuiltinError } from "../builtin.ts";

/** How many arguments a function takes at least and at most. */
const COUNTS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ["and", [1, Infinity]],
  ["call", [1, Infinity]],
  ["eq", [1, Infinity]],
  ["ge", [2, 2]],
  ["gt", [2, 2]],
  ["html", [0, Infinity]],
  ["index", [1, Infinity]],
  ["js", [0, Infinity]],
  ["le", [2, 2]],
  ["len", [1, 1]],
  ["lt", [2, 2]],
  ["ne", [2, 2]],
  ["not", [1, 1]],
  ["or", [1, Infinity]],
  ["print", [0, Infinity]],
  ["printf", [1, Infinity]],
  ["println", [0, Infinity]],
  ["slice", [1, Infinity]],
  ["urlquery", [0, Infinity]],
]);

/**
 * The type that a function asks of one of its arguments.
 *
 * @throws BuiltinError for too few or too many of them
 */
export function typeAt(name: string, position: number, count: number): "any" | "string" {
  const [least, most] = COUNTS.get(name) ?? [0, 0];
  if (count < least || count > most) throw new BuiltinError(`wrong number of args for ${name}: got ${count}`);
  return name === "printf" && position === 0 ? "string" : "any";
}

/** The functions that a template of OPA's may call: those of Go's text/template, and no others. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(COUNTS.keys());
