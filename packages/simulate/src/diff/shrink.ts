import { canonicalJson, isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { SIMULATE_LIMITS } from "../limits.ts";

/**
 * The smallest value found that still passes: greedily, the first smaller variant that passes is gone on with, until
 * none does or the work is used up. The same value and test give the same answer everywhere.
 */
export function shrink(value: JsonValue, passes: (candidate: JsonValue) => boolean): JsonValue {
  let current = value;
  let size = canonicalJson(value).length;
  let attempts = Math.min(SIMULATE_LIMITS.maxShrinkAttempts, Math.floor(SIMULATE_LIMITS.maxShrinkBytes / size));
  for (let found = true; found;) {
    found = false;
    for (const candidate of smallerThan(current)) {
      if (attempts <= 0) return current;
      attempts -= 1;
      const length = canonicalJson(candidate).length;
      if (length >= size || !passes(candidate)) continue;
      [current, size, found] = [candidate, length, true];
      break;
    }
  }
  return current;
}

/** Variants of a value that are one step smaller, the boldest first; some may have a longer text. */
export function* smallerThan(value: JsonValue): Generator<JsonValue> {
  if (typeof value === "string") yield* smallerTexts(value);
  else if (typeof value === "number") yield* smallerNumbers(value);
  else if (isJsonObject(value)) yield* smallerObjects(Object.entries(value));
  else if (Array.isArray(value)) yield* smallerArrays(value as readonly JsonValue[]);
}

function* smallerObjects(members: readonly (readonly [string, JsonValue])[]): Generator<JsonValue> {
  for (let index = 0; index < members.length; index++) yield Object.fromEntries(members.toSpliced(index, 1));
  for (const [index, [key, member]] of members.entries()) {
    for (const smaller of smallerThan(member)) yield Object.fromEntries(members.with(index, [key, smaller]));
  }
}

function* smallerArrays(items: readonly JsonValue[]): Generator<JsonValue> {
  if (items.length > 2) yield items.slice(0, items.length >> 1);
  for (let index = 0; index < items.length; index++) yield items.toSpliced(index, 1);
  for (const [index, item] of items.entries()) {
    for (const smaller of smallerThan(item)) yield items.with(index, smaller);
  }
}

/** By whole characters: half a surrogate pair is no input. */
function* smallerTexts(text: string): Generator<string> {
  const characters = Array.from(text);
  for (const length of [0, 1, characters.length >> 1, characters.length - 1]) {
    if (length >= 0 && length < characters.length) yield characters.slice(0, length).join("");
  }
}

/** Plus zero: -0 prints as 0 and would not be the value that was decided. */
function* smallerNumbers(value: number): Generator<number> {
  yield 0;
  yield 1;
  yield Math.trunc(value) + 0;
  for (const digits of [1, 2, 3]) yield Number(value.toFixed(digits)) + 0;
  yield Math.trunc(value / 10) + 0;
}
