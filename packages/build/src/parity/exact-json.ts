import { compareBytes } from "../bytes.ts";

/** Digits before and after the point, and the exponent. Source: RFC 8259, section 6. */
const NUMBER = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,9}))?$/;

/** A number as its text has it, which a double may not hold. */
class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/**
 * A JSON text's value, of which no number is rounded. Only `isList`, `memberOf` and `printExact` look into it.
 * @throws SyntaxError for what is no JSON
 */
export function parseExact(json: string): unknown {
  return JSON.parse(json, reviveNumber as (key: string, value: unknown) => unknown);
}

/** Compact, keys sorted, numbers as the text had them. */
export function printExact(value: unknown): string {
  return print(value, (source) => source);
}

/**
 * One text for all JSON texts of one value: as `printExact`, with numbers by their exact value, so that 9007199254740993
 * stays apart from 9007199254740992 while 1, 1.0 and 10e-1 are one.
 * @throws SyntaxError for what is no JSON
 */
export function exactText(json: string): string {
  return print(parseExact(json), oneForm);
}

/** Source: TC39, "JSON.parse source text access". */
function reviveNumber(_key: string, value: unknown, { source = "" }: { readonly source?: string }): unknown {
  return typeof value === "number" ? new ExactNumber(source) : value;
}

function oneForm(source: string): string {
  const parts = NUMBER.exec(source);
  // An exponent beyond any that is computed with: only the same text is known to be the same number.
  if (parts === null) return source;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return power === 0 ? `${sign}${significant}` : `${sign}${significant}e${power}`;
}

function print(value: unknown, spell: (source: string) => string): string {
  if (value instanceof ExactNumber) return spell(value.source);
  if (Array.isArray(value)) return `[${value.map((item) => print(item, spell)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => compareBytes(left, right));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${print(member, spell)}`).join(",")}}`;
}

/** The items of a list at a path of keys and indexes; undefined where there is none. */
export function listAt(value: unknown, path: readonly (string | number)[] = []): readonly unknown[] | undefined {
  let place = value;
  for (const key of path) {
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return undefined;
    place = Reflect.get(place, key);
  }
  return Array.isArray(place) ? (place as readonly unknown[]) : undefined;
}
