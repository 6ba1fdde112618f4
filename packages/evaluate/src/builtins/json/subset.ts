import { compareValues, isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";

/**
 * OPA's `object.subset`: objects all the way down, sets by their members, an array as one run within the other, and a
 * set within an array in any order.
 */
export function isSubset(superset: RegoValue, subset: RegoValue): boolean {
  const nested = containsPart(superset, subset);
  if (nested !== undefined) return nested;
  if (isRegoArray(superset) && subset instanceof RegoSet) return arrayHoldsSet(superset, subset);
  throw new BuiltinError("both arguments object.subset must be of the same type or array and set");
}

/** Undefined for two values of other types than one, and for scalars. */
function containsPart(superset: RegoValue, subset: RegoValue): boolean | undefined {
  if (superset instanceof RegoObject && subset instanceof RegoObject) return objectHolds(superset, subset);
  if (superset instanceof RegoSet && subset instanceof RegoSet) {
    return subset.members.every((member) => findSorted(superset.members, member) !== undefined);
  }
  return isRegoArray(superset) && isRegoArray(subset) ? arrayHoldsRun(superset, subset) : undefined;
}

function objectHolds(superset: RegoObject, subset: RegoObject): boolean {
  const keys = superset.entries.map(([key]) => key);
  return subset.entries.every(([key, part]) => {
    const index = findSorted(keys, key);
    const whole = index === undefined ? undefined : superset.entries[index]?.[1];
    if (whole === undefined) return false;
    return containsPart(whole, part) ?? compareValues(whole, part) === 0;
  });
}

function findSorted(members: readonly RegoValue[], wanted: RegoValue): number | undefined {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareValues(members[middle] ?? null, wanted);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Knuth, Morris and Pratt: the lengths of the operands are an attacker's, and trying each start takes their product. */
function arrayHoldsRun(superset: RegoArray, subset: RegoArray): boolean {
  if (subset.length > superset.length) return false;
  const borders = bordersOf(subset);
  let matched = 0;
  for (const item of superset) {
    if (matched === subset.length) return true;
    matched = advance(subset, borders, matched, item);
  }
  return matched === subset.length;
}

function bordersOf(pattern: RegoArray): readonly number[] {
  const borders = [0];
  let matched = 0;
  for (const item of pattern.slice(1)) {
    matched = advance(pattern, borders, matched, item);
    borders.push(matched);
  }
  return borders;
}

function advance(pattern: RegoArray, borders: readonly number[], from: number, item: RegoValue): number {
  let matched = from;
  for (;;) {
    const wanted = pattern[matched];
    if (wanted !== undefined && compareValues(wanted, item) === 0) return matched + 1;
    if (matched === 0) return 0;
    matched = borders[matched - 1] ?? 0;
  }
}

/** Counts an element as often as the array has it, as OPA does: `[1, 1]` passes for a superset of `{1, 2}`. */
function arrayHoldsSet(superset: RegoArray, subset: RegoSet): boolean {
  let missing = subset.members.length;
  return superset.some((item) => {
    if (findSorted(subset.members, item) !== undefined) missing--;
    return missing === 0;
  });
}
