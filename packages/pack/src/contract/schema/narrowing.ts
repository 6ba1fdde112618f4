import { canonicalJson } from "../../canonical-json.ts";
import { isJsonObject } from "../../json.ts";
import type { JsonObject, JsonValue } from "../../json.ts";
import { compareCombined, SILENT } from "./combined.ts";
import { compareItems, compareObjects } from "./containers.ts";
import { LIMIT_CHECKS, shown } from "./limits.ts";
import { isRebased, resolveReference } from "./reference.ts";
import { isSame, member, toSchema } from "./schema.ts";
import { kindsOf, listedValues } from "./types.ts";
import type { Kind } from "./types.ts";
import { compareLater, isUnchanged, report } from "./walk.ts";
import type { Narrowing, Walk } from "./walk.ts";

export type { Narrowing } from "./walk.ts";

/**
 * Where a JSON Schema (draft 7 to 2020-12) takes less than another did: a field gone, one that is required now, fewer
 * types or values, tighter limits, in nested objects, arrays and local `$ref`s too. A new field that may be left out is
 * no narrowing, also where undeclared fields were taken before. What cannot be judged (`oneOf`, conditions, another
 * `pattern`, a reference to elsewhere) counts as narrowing unless it is the same as before. Titles, descriptions,
 * examples and `x-…` members say nothing.
 * @throws FormatError LIMIT_EXCEEDED for schemas whose references would be compared without end
 */
export function findNarrowings(base: JsonValue, next: JsonValue): readonly Narrowing[] {
  const pending = [{ base, next, at: "" }];
  const walk: Walk = { base, next, found: new Map(), pending, seen: new Map(), isSame: undefined };
  compareDialects(walk);
  // Grows while it is walked.
  for (const pair of pending) compareValues(walk, pair.base, pair.next, pair.at);
  return [...walk.found.values()];
}

function compareValues(walk: Walk, base: JsonValue | undefined, next: JsonValue | undefined, at: string): void {
  const [was, is] = [toSchema(base), toSchema(next)];
  if (was === undefined || is === undefined) {
    if (!isSame(base, next)) report(walk, at, "what is written there is no schema");
  } else if (was !== false && is === false) {
    report(walk, at, "nothing is taken there any more");
  } else if (was !== false && is !== false && walk.seen.get(was)?.has(is) !== true) {
    walk.seen.set(was, (walk.seen.get(was) ?? new Set()).add(is));
    compareSchemas(walk, was, is, at);
  }
}

/** Under another dialect the same words can take less: draft 4 does not know `const`. */
function compareDialects(walk: Walk): void {
  const [was, is] = [walk.base, walk.next].map((document) => {
    const dialect = isJsonObject(document) ? member(document, "$schema") : undefined;
    return typeof dialect === "string" ? dialect.replace(/#$/, "") : dialect;
  });
  if (was === undefined || isSame(was, is)) return;
  report(walk, "", "$schema is another, and what that one leaves out cannot be told");
}

function compareSchemas(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  if ((isRebased(walk.base, base) || isRebased(walk.next, next)) && !isUnchanged(walk, base, next)) {
    report(walk, at, "it has an $id of its own, and where references in it lead cannot be compared");
  }
  if (Object.hasOwn(base, "$ref") || Object.hasOwn(next, "$ref")) {
    compareReferences(walk, base, next, at);
    return;
  }
  compareKinds(walk, base, next, at);
  const kinds = kindsOf(base);
  const has = (...wanted: readonly Kind[]): boolean => wanted.some((kind) => kinds.has(kind));
  for (const { kinds: about, checks } of LIMIT_CHECKS) {
    if (has(...about)) for (const check of checks) for (const what of check(base, next)) report(walk, at, what);
  }
  if (has("object")) compareObjects(walk, base, next, at);
  if (has("array")) compareItems(walk, base, next, at);
  compareCombined(walk, base, next, at);
}

/** What stands beside a reference counts since draft 2019-09 and is nothing in draft 7: both must hold. */
function compareReferences(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  const { $ref: baseRef, ...baseRest } = base;
  const { $ref: nextRef, ...nextRest } = next;
  const was = baseRef === undefined ? base : resolveReference(walk.base, baseRef);
  const is = nextRef === undefined ? next : resolveReference(walk.next, nextRef);
  const isBoth = baseRef !== undefined && nextRef !== undefined;
  const hasMore = (baseRef !== undefined && says(baseRest)) || (nextRef !== undefined && says(nextRest));
  if (was === undefined || is === undefined || (hasMore && !isBoth)) {
    if (!isUnchanged(walk, base, next)) report(walk, at, "its reference leads where it cannot be compared");
    return;
  }
  compareLater(walk, was, is, at);
  if (hasMore) compareLater(walk, baseRest, nextRest, at);
}

function says(schema: JsonObject): boolean {
  return Object.keys(schema).some((key) => !SILENT.has(key));
}

function compareKinds(walk: Walk, base: JsonObject, next: JsonObject, at: string): void {
  const [before, listed] = [listedValues(base), listedValues(next)];
  if (listed !== undefined && before === undefined) {
    report(walk, at, `only ${shown(listed)} is taken`);
    return;
  }
  const kept = new Set(listed?.map((value) => canonicalJson(value)));
  const lost = listed === undefined ? [] : (before ?? []).filter((value) => !kept.has(canonicalJson(value)));
  if (lost.length > 0) report(walk, at, `${lost.map(shown).join(", ")} is no longer taken`);
  const taken = kindsOf(next);
  const gone = [...kindsOf(base)].filter((kind) => !taken.has(kind));
  if (gone.length > 0 && lost.length === 0) report(walk, at, `${gone.map(kindName).join(", ")} is no longer taken`);
}

function kindName(kind: Kind): string {
  return kind === "fraction" ? "a number with a fraction" : kind;
}
