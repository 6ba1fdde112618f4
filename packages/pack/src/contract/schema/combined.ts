import type { JsonObject } from "../../json.ts";
import { LIMIT_KEYWORDS } from "./limits.ts";
import { arrayOf, member } from "./schema.ts";
import { compareLater, isUnchanged, report } from "./walk.ts";
import type { Walk } from "./walk.ts";

/** What says nothing about which inputs are taken, or is reached by references alone. */
export const SILENT: ReadonlySet<string> = new Set([
  ..."$schema $id $comment $anchor title description default examples deprecated readOnly writeOnly".split(" "),
  ..."definitions $defs".split(" "),
]);
const COMPARED = new Set([
  ...LIMIT_KEYWORDS,
  ..."$ref type enum const properties required additionalProperties patternProperties".split(" "),
  ..."items prefixItems additionalItems allOf anyOf".split(" "),
]);
/** Only ever leave something out, and declare no field. */
const REMOVABLE = new Set(["not", "propertyNames"]);

/** Branches one by one where that tells anything; whatever else there is must be the same as before. */
export function compareCombined(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  compareBranches(walk, base, next, "allOf", at);
  compareBranches(walk, base, next, "anyOf", at);
  const judged = new Set([...Object.keys(base), ...Object.keys(next)]);
  for (const key of judged) {
    if (SILENT.has(key) || key.startsWith("x-") || COMPARED.has(key)) continue;
    const [was, is] = [member(base, key), member(next, key)];
    if (REMOVABLE.has(key) && is === undefined) continue;
    if (!isUnchanged(walk, was, is)) report(walk, at, `${key} changed, and what it leaves out cannot be told`);
  }
}

function compareBranches(walk: Walk, base: JsonObject, next: JsonObject, key: "allOf" | "anyOf", at: string): void {
  const [was, is] = [member(base, key), member(next, key)];
  const [before, after] = [arrayOf(base, key), arrayOf(next, key)];
  if (was === undefined && is === undefined) return;
  const isLonger = before !== undefined && after !== undefined && after.length > before.length;
  if (before === undefined || after === undefined || after.length < before.length || (isLonger && key === "allOf")) {
    report(walk, at, `${key} has other branches, and what they leave out cannot be told`);
    return;
  }
  for (const [index, branch] of before.entries()) compareLater(walk, branch, after[index], at);
}
