import type { Random } from "../fuzz/random.ts";
import { drawText, FLAVOURS } from "./flavours.ts";
import type { Flavour } from "./flavours.ts";
import type { OpaType } from "./opa-types.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Small ones, those on the edges of 32 and 53 bits, and fractions. */
const NUMBERS = [
  0, 1, -1, 2, 3, 5, 7, 10, 16, 255, -8, 1.5, 0.1, -2.25, 100, 1e3, 4_294_967_296, 9_007_199_254_740_991,
  1_700_000_000_000_000_000,
];
const KEYS = ["a", "b", "c", "op", "path", "value", "type", "x", ""];

/** A value as JSON of a builtin's operand type, or now and then of any other. */
export function drawJson(random: Random, type: OpaType, flavour: Flavour | undefined, depth = 3): Json {
  if (flavour !== "count" && flavour !== "network" && random.oneIn(25)) return drawAny(random, flavour, depth);
  switch (type.type) {
    case "string":
      return drawText(random, flavour);
    case "number":
      if (flavour === "count") return random.pick([0, 1, 2, 3, -1, 10, 40, 1.5]);
      return random.oneIn(3) ? random.below(20) - 5 : random.pick(NUMBERS);
    case "boolean":
      return random.oneIn(2);
    case "null":
      return null;
    case "array":
      return drawArray(random, type, flavour, depth);
    case "set":
      return drawList(random, type.of?.[0], flavour, depth);
    case "object":
      return drawObject(random, type, flavour, depth);
    case "any":
      if (type.of !== undefined && type.of.length > 0) return drawJson(random, random.pick(type.of), flavour, depth);
      return drawAny(random, flavour, depth);
  }
}

function drawArray(random: Random, type: OpaType, flavour: Flavour | undefined, depth: number): Json {
  if (type.items.length > 0) return type.items.map((item) => drawJson(random, item, flavour, depth - 1));
  return drawList(random, type.element, flavour, depth);
}

function drawList(random: Random, element: OpaType | undefined, flavour: Flavour | undefined, depth: number): Json {
  const length = depth <= 0 ? 0 : random.below(4);
  return Array.from({ length }, () =>
    element === undefined ? drawAny(random, flavour, depth - 1) : drawJson(random, element, flavour, depth - 1),
  );
}

function drawObject(random: Random, type: OpaType, flavour: Flavour | undefined, depth: number): Json {
  const fixed = type.fields.map(({ key, value }) => {
    const of = key === "op" ? "op" : key === "path" || key === "from" ? "pointer" : flavour;
    return [key, drawJson(random, value, of, depth - 1)] as const;
  });
  const free = Array.from({ length: depth <= 0 ? 0 : random.below(3) }, () => {
    return [random.pick(KEYS), drawAny(random, flavour, depth - 1)] as const;
  });
  return Object.fromEntries([...free, ...fixed]);
}

function drawAny(random: Random, flavour: Flavour | undefined, depth: number): Json {
  switch (random.below(depth <= 0 ? 4 : 7)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return drawText(random, flavour);
    case 3:
      return random.pick(FLAVOURS.word);
    case 4:
      return drawList(random, undefined, flavour, depth);
    case 5:
      return { a: drawAny(random, flavour, depth - 1), b: random.below(5) };
    default:
      return Object.fromEntries([[random.pick(KEYS), drawAny(random, flavour, depth - 1)]]);
  }
}

/** JSON is Rego too, but for U+0000 and the like, which both spell alike; a list is made a set where one is wanted. */
export function toRego(value: Json, type: OpaType): string {
  if (Array.isArray(value) && type.type === "set") {
    const members = (value as readonly Json[]).map((member) => toRego(member, type.of?.[0] ?? ANY));
    return members.length === 0 ? "set()" : `{${members.join(", ")}}`;
  }
  return JSON.stringify(value);
}

export const ANY: OpaType = { type: "any", items: [], fields: [] };
