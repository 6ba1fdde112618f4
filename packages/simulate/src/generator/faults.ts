import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { Dice } from "./dice.ts";
import type { Pools } from "./pools.ts";

/** Where in a value, by keys and places. */
type Path = readonly (string | number)[];
type Change = (value: JsonValue) => JsonValue;

const MAX_PLACES = 1_000;
const LONG = "x".repeat(300);
const LOOKALIKES: Readonly<Record<string, string>> = { a: "а", e: "е", o: "о", c: "с", p: "р", x: "х" };
const WHOLES: readonly JsonValue[] = [null, [], {}, "", "text", 0, 1, true, false, [{}]];
const UNKNOWN_NAMES = ["unexpected", "constructor", "toString", "Allow", " ", ""];

/** Does one thing to an input that its writer should not have done, or, by chance, something harmless. */
export function addFault(input: JsonValue, dice: Dice, pools: Pools): JsonValue {
  const roll = dice.below(100);
  if (roll < 4) return dice.pick(WHOLES) ?? null;
  if (roll < 34) return changeAt(input, dice.pick(objectsOf(input)) ?? [], (value) => dropMember(value, dice));
  if (roll < 46) return changeAt(input, dice.pick(objectsOf(input)) ?? [], (value) => addMember(value, dice));
  const path = dice.pick(placesOf(input)) ?? [];
  if (roll < 56) return changeAt(input, path, () => null);
  if (roll < 74) return changeAt(input, path, (value) => otherType(value, dice));
  return changeAt(input, path, (value) => twist(value, dice, pools));
}

function placesOf(input: JsonValue): readonly Path[] {
  const places: Path[] = [];
  const pending: { value: JsonValue; path: Path }[] = [{ value: input, path: [] }];
  for (let next = pending.pop(); next !== undefined && places.length < MAX_PLACES; next = pending.pop()) {
    const { value, path } = next;
    places.push(path);
    const inner: readonly (readonly [string | number, JsonValue])[] = isJsonObject(value)
      ? Object.entries(value)
      : Array.isArray(value)
        ? [...(value as readonly JsonValue[]).entries()]
        : [];
    pending.push(...inner.map(([key, member]) => ({ value: member, path: [...path, key] })).reverse());
  }
  return places;
}

function objectsOf(input: JsonValue): readonly Path[] {
  return placesOf(input).filter((path) => isJsonObject(at(input, path)));
}

function at(input: JsonValue, path: Path): JsonValue | undefined {
  let value: JsonValue | undefined = input;
  for (const key of path) {
    if (isJsonObject(value)) value = value[key];
    else if (Array.isArray(value)) value = (value as readonly JsonValue[])[Number(key)];
  }
  return value;
}

/** The input with another value at the place; `Object.fromEntries` keeps members of every name. */
function changeAt(input: JsonValue, path: Path, change: Change): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return change(input);
  if (isJsonObject(input)) {
    const entries = Object.entries(input).map(([name, member]): [string, JsonValue] => {
      return [name, name === key ? changeAt(member, rest, change) : member];
    });
    return Object.fromEntries(entries);
  }
  if (!Array.isArray(input)) return input;
  return (input as readonly JsonValue[]).map((item, index) => (index === key ? changeAt(item, rest, change) : item));
}

function dropMember(value: JsonValue, dice: Dice): JsonValue {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  return entries.length === 0 ? value : Object.fromEntries(entries.toSpliced(dice.below(entries.length), 1));
}

function addMember(value: JsonValue, dice: Dice): JsonValue {
  if (!isJsonObject(value)) return value;
  const name = dice.pick(UNKNOWN_NAMES) ?? "unexpected";
  return Object.fromEntries([...Object.entries(value), [name, dice.pick(WHOLES) ?? null]]);
}

/** The value as another type would spell it, or something else altogether. */
function otherType(value: JsonValue, dice: Dice): JsonValue {
  if (typeof value === "number" || typeof value === "boolean") return dice.chance(50) ? String(value) : [value];
  if (typeof value === "string") return dice.pick<JsonValue>([[value], { value }, value.length, true]) ?? 0;
  return dice.pick<JsonValue>(["text", 0, true, Array.isArray(value) ? {} : []]) ?? 0;
}

/** Of the same type, and not what it should be. */
function twist(value: JsonValue, dice: Dice, pools: Pools): JsonValue {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") {
    const beyond = dice.pick(pools.numbers)?.value ?? 0;
    return dice.pick<JsonValue>([-value + 0, -1, value + 0.5, value * 1000, 1e15, beyond]) ?? 0;
  }
  if (typeof value !== "string") return otherType(value, dice);
  const lookalike = value.replace(/[aeocpx]/, (letter) => LOOKALIKES[letter] ?? letter);
  const twisted = ["", " ", `${value} `, value.toUpperCase(), `${value}x`, lookalike, LONG, value.slice(0, 1)];
  return dice.pick(twisted) ?? "";
}
