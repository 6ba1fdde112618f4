import type { JsonObject, JsonValue } from "../../json.ts";
import { isSame, member } from "./schema.ts";
import type { Kind } from "./types.ts";

/** What a limit of `next` leaves out that `base` takes, in words; empty when it leaves out nothing. */
export type LimitCheck = (base: JsonObject, next: JsonObject) => readonly string[];

/** Limits by the kinds of values that they are about: of other values they say nothing. */
export const LIMIT_CHECKS: readonly { readonly kinds: readonly Kind[]; readonly checks: readonly LimitCheck[] }[] = [
  { kinds: ["integer", "fraction"], checks: [checkLower, checkUpper, checkMultiple] },
  {
    kinds: ["string"],
    checks: [
      count("minLength", 0, isHigher),
      count("maxLength", Infinity, isLower),
      added("pattern"),
      added("format"),
      added("contentEncoding"),
      added("contentMediaType"),
    ],
  },
  {
    kinds: ["array"],
    checks: [count("minItems", 0, isHigher), count("maxItems", Infinity, isLower), checkUnique],
  },
  {
    kinds: ["object"],
    checks: [
      count("minProperties", 0, isHigher),
      count("maxProperties", Infinity, isLower),
      added("dependentRequired"),
    ],
  },
];

/** Every keyword that the checks above look at. */
export const LIMIT_KEYWORDS = [
  ..."minimum exclusiveMinimum maximum exclusiveMaximum multipleOf minLength maxLength pattern format".split(" "),
  ..."contentEncoding contentMediaType minItems maxItems uniqueItems minProperties maxProperties".split(" "),
  "dependentRequired",
];

interface Bound {
  readonly value: number;
  readonly isOpen: boolean;
}

function checkLower(base: JsonObject, next: JsonObject): readonly string[] {
  return checkBound(base, next, ["minimum", "exclusiveMinimum"], -1);
}

function checkUpper(base: JsonObject, next: JsonObject): readonly string[] {
  return checkBound(base, next, ["maximum", "exclusiveMaximum"], 1);
}

/** @param sign 1 for an upper bound, -1 for a lower one: then all is mirrored */
function checkBound(base: JsonObject, next: JsonObject, keys: readonly [string, string], sign: 1 | -1): string[] {
  const [was, is] = [boundOf(base, keys, sign), boundOf(next, keys, sign)];
  // Draft 4 has a boolean beside the bound; no one is asked to guess what a mixture means.
  if (was === undefined || is === undefined) {
    return keys.every((key) => isSame(member(base, key), member(next, key))) ? [] : [`${keys.join(" or ")} changed`];
  }
  const isNarrower = is.value < was.value || (is.value === was.value && is.isOpen && !was.isOpen);
  return isNarrower ? [`the ${sign === 1 ? "maximum" : "minimum"} is ${words(is, sign)}, not ${words(was, sign)}`] : [];
}

function boundOf(schema: JsonObject, [closed, open]: readonly [string, string], sign: 1 | -1): Bound | undefined {
  const [atMost, below] = [member(schema, closed) ?? null, member(schema, open) ?? null];
  if (![atMost, below].every((limit) => limit === null || typeof limit === "number")) return undefined;
  const closedAt = typeof atMost === "number" ? atMost * sign : Infinity;
  const openAt = typeof below === "number" ? below * sign : Infinity;
  return openAt <= closedAt && openAt !== Infinity
    ? { value: openAt, isOpen: true }
    : { value: closedAt, isOpen: false };
}

function words({ value, isOpen }: Bound, sign: 1 | -1): string {
  if (value === Infinity) return "none";
  return `${value * sign}${isOpen ? " (exclusive)" : ""}`;
}

function checkMultiple(base: JsonObject, next: JsonObject): readonly string[] {
  const [was, is] = [member(base, "multipleOf"), member(next, "multipleOf")];
  if (is === undefined || isSame(was, is)) return [];
  const divides = typeof was === "number" && typeof is === "number" && Number.isInteger(was / is);
  return divides ? [] : [`only multiples of ${shown(is)} are taken`];
}

function checkUnique(base: JsonObject, next: JsonObject): readonly string[] {
  const [was, is] = [member(base, "uniqueItems") ?? false, member(next, "uniqueItems") ?? false];
  return is === false || was === is ? [] : ["items may no longer be there twice"];
}

function count(key: string, unset: number, isNarrower: (is: number, was: number) => boolean): LimitCheck {
  return (base, next) => {
    const [was, is] = [member(base, key) ?? unset, member(next, key) ?? unset];
    if (typeof was !== "number" || typeof is !== "number") return isSame(was, is) ? [] : [`${key} changed`];
    return isNarrower(is, was) ? [`${key} is ${is}, not ${was === Infinity ? "none" : was}`] : [];
  };
}

/** For what can be taken away, and whose change nobody can judge. */
function added(key: string): LimitCheck {
  return (base, next) => {
    const [was, is] = [member(base, key), member(next, key)];
    if (is === undefined || isSame(was, is)) return [];
    return [was === undefined ? `${key} is ${shown(is)}, where there was none` : `${key} is another: ${shown(is)}`];
  };
}

function isHigher(is: number, was: number): boolean {
  return is > was;
}

function isLower(is: number, was: number): boolean {
  return is < was;
}

export function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
