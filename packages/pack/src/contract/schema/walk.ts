import { canonicalJson } from "../../canonical-json.ts";
import { FormatError } from "../../errors.ts";
import type { JsonObject, JsonValue } from "../../json.ts";
import { LIMITS } from "../../limits.ts";
import { isSame } from "./schema.ts";

/** A place in an input where less is taken than before. */
export interface Narrowing {
  /** Such as `snapshot.p95Ms`, `items[]`; empty for the input itself. */
  readonly at: string;
  readonly what: string;
}

interface Pair {
  readonly base: JsonValue | undefined;
  readonly next: JsonValue | undefined;
  readonly at: string;
}

/** A comparison of two documents: what is still to be compared, and what was found. */
export interface Walk {
  readonly base: JsonValue;
  readonly next: JsonValue;
  /** By place and words. */
  readonly found: Map<string, Narrowing>;
  /** A queue, since references can lead deeper than a stack goes. */
  readonly pending: Pair[];
  /** Pairs that were compared. */
  readonly seen: Map<JsonObject, Set<JsonObject>>;
  /** Whether both documents are equal, once it was asked. */
  isSame: boolean | undefined;
}

/** What a keyword leaves out takes anything. @throws FormatError LIMIT_EXCEEDED */
export function compareLater(walk: Walk, base: JsonValue | undefined, next: JsonValue | undefined, at: string): void {
  walk.pending.push({ base, next, at });
  if (walk.pending.length <= LIMITS.maxSchemaSteps) return;
  const message = `An input schema needs more than ${LIMITS.maxSchemaSteps} comparisons; make it smaller.`;
  throw new FormatError("LIMIT_EXCEEDED", message);
}

/** Notes it, once. */
export function report(walk: Walk, at: string, what: string): void {
  walk.found.set(`${at}\n${what}`, { at, what });
}

/** The same text means the same only while nothing that it refers to may have changed. */
export function isUnchanged(walk: Walk, was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  if (!isSame(was, is)) return false;
  if (was === undefined || !REFERS.test(canonicalJson(was))) return true;
  walk.isSame ??= isSame(walk.base, walk.next);
  return walk.isSame;
}

/** A member of an input, as people write it. */
export function placeOf(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

const REFERS = /"\$(?:ref|dynamicRef|recursiveRef)":/;
