import type { JsonObject, JsonValue } from "../../json.ts";
import { shown } from "./limits.ts";
import { arrayOf, member, membersOf } from "./schema.ts";
import { compareLater, placeOf, report } from "./walk.ts";
import type { Walk } from "./walk.ts";

/** Fields by name, those that must be there, and all others. */
export function compareObjects(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  const [was, is] = [membersOf(base, "properties"), membersOf(next, "properties")];
  const others = member(base, "additionalProperties");
  const patterns = [...membersOf(base, "patternProperties")];
  for (const [name, schema] of was) {
    const place = placeOf(at, name);
    if (is.has(name)) compareLater(walk, schema, is.get(name), place);
    else if (schema !== false) report(walk, place, "the field is gone");
  }
  for (const [name, schema] of is) {
    // An open object promises nothing of a name that it does not list, unless it says what all of them are.
    const isOpen = others === undefined || others === true;
    if (was.has(name)) continue;
    const promised = patterns.filter(([pattern]) => mayMatch(pattern, name));
    for (const [, before] of promised) compareLater(walk, before, schema, placeOf(at, name));
    if (promised.length > 0 || (isOpen && schema !== false)) continue;
    compareLater(walk, others, schema, placeOf(at, name));
  }
  const required = new Set(arrayOf(base, "required"));
  for (const name of arrayOf(next, "required") ?? []) {
    if (required.has(name)) continue;
    report(walk, placeOf(at, typeof name === "string" ? name : shown(name)), "the field is required now");
  }
  compareOthers(walk, base, next, at);
}

/** A pattern that cannot be read here may match any name. */
function mayMatch(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return true;
  }
}

function compareOthers(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  const [was, is] = [member(base, "additionalProperties"), member(next, "additionalProperties")];
  if (is === false && was !== false) report(walk, at, "fields that are not named are no longer taken");
  else compareLater(walk, was, is, placeOf(at, "*"));
  const [patterns, now] = [membersOf(base, "patternProperties"), membersOf(next, "patternProperties")];
  for (const [pattern, schema] of patterns) {
    const place = placeOf(at, `<${pattern}>`);
    if (now.has(pattern)) compareLater(walk, schema, now.get(pattern), place);
    else if (schema !== false) report(walk, place, "fields of such names are gone");
  }
  for (const pattern of now.keys()) {
    if (!patterns.has(pattern)) report(walk, placeOf(at, `<${pattern}>`), "there is a rule for such names now");
  }
}

/** Place by place, then for all further items: `prefixItems` and `items`, or draft 7's `items` and `additionalItems`. */
export function compareItems(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  const [was, is] = [tupleOf(base), tupleOf(next)];
  for (let index = 0; index < Math.max(was.places.length, is.places.length); index += 1) {
    const of = (tuple: typeof was): JsonValue | undefined =>
      index < tuple.places.length ? tuple.places[index] : tuple.rest;
    compareLater(walk, of(was), of(is), `${at}[${index}]`);
  }
  compareLater(walk, was.rest, is.rest, `${at}[]`);
}

function tupleOf(schema: JsonObject): { readonly places: readonly JsonValue[]; readonly rest: JsonValue | undefined } {
  const items = member(schema, "items");
  const prefix = arrayOf(schema, "prefixItems");
  if (prefix !== undefined) return { places: prefix, rest: items };
  const tuple = arrayOf(schema, "items");
  return tuple === undefined ? { places: [], rest: items } : { places: tuple, rest: member(schema, "additionalItems") };
}
