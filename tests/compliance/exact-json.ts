import { isScalar, isMap, isSeq, parseDocument } from "yaml";
import type { ParsedNode } from "yaml";

/**
 * A value in which every number is exact: integers are bigints, other numbers their shortest text, sets and objects with
 * keys of any type are Set and Map. What is compared is `canonicalText` of it.
 */
export type Exact = null | boolean | bigint | Decimal | string | readonly Exact[] | Set<Exact> | Map<Exact, Exact>;

/** A number with a fraction or exponent, by its digits. */
export class Decimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A number as digits without needless zeros and a power of ten: `1.0`, `1` and `10e-1` are one. */
export function toExactNumber(text: string): bigint | Decimal {
  const match = /^(-?)([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  if (match === null) throw new SyntaxError(`${text} is no number`);
  const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return 0n;
  const exponent = Number(exponentText) - fraction.length + (digits.length - significant.length);
  if (exponent >= 0 && exponent < 1_000) return BigInt(`${sign}${significant}${"0".repeat(exponent)}`);
  return new Decimal(`${sign}${significant}e${exponent}`);
}

/** Reads a JSON text without rounding a number. */
export function parseExactJson(text: string): Exact {
  const numbers: (bigint | Decimal)[] = [];
  const parsed: unknown = JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== "number") return value;
    if (context?.source === undefined) throw new TypeError("this Node does not tell the text of a number");
    numbers.push(toExactNumber(context.source));
    return new NumberAt(numbers.length - 1);
  });
  return fromParsed(parsed, numbers);
}

class NumberAt {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

function fromParsed(value: unknown, numbers: readonly (bigint | Decimal)[]): Exact {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof NumberAt) return numbers[value.index] ?? 0n;
  if (Array.isArray(value)) return value.map((item) => fromParsed(item, numbers));
  return new Map(Object.entries(value as object).map(([key, item]) => [key, fromParsed(item, numbers)]));
}

/** A parsed YAML or JavaScript value as OPA's loader takes it, through JSON: every key is a string. */
export function fromPlain(value: unknown): Exact {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "string" || typeof value === "bigint") return value;
  if (typeof value === "number") return toExactNumber(String(value));
  if (Array.isArray(value)) return value.map(fromPlain);
  return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
}

/**
 * Reads a Rego term without variables or calls. Its grammar is that of YAML's flow style, but for `set()` and for sets,
 * which YAML reads as mappings whose keys have no value.
 */
export function parseTerm(text: string): Exact {
  const document = parseDocument(text, { intAsBigInt: true });
  if (document.errors.length > 0) throw new SyntaxError(`${text} is not read as a term`);
  return fromTerm(document.contents);
}

function fromTerm(node: ParsedNode | null): Exact {
  if (isSeq<ParsedNode>(node)) return node.items.map(fromTerm);
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const { items } = node;
    if (items.length > 0 && items.every(({ value }) => value === null)) {
      return new Set(items.map(({ key }) => fromTerm(key)));
    }
    return new Map(items.map(({ key, value }) => [fromTerm(key), fromTerm(value)]));
  }
  if (!isScalar(node)) throw new SyntaxError("a term holds a node of another kind");
  return node.value === "set()" && node.type === "PLAIN" ? new Set() : fromPlain(node.value);
}

/** What `decide` takes as an input: numbers that a double holds as such, others as bigint. */
export function toInput(value: Exact): unknown {
  if (value instanceof Decimal) return Number(value.text);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Set) return new Set([...value].map(toInput));
  if (value instanceof Map) return toInputObject(value);
  return Array.isArray(value) ? value.map(toInput) : value;
}

function toInputObject(value: Map<Exact, Exact>): unknown {
  const entries = [...value].map(([key, item]) => [toInput(key), toInput(item)] as const);
  return entries.every(([key]) => typeof key === "string")
    ? Object.fromEntries(entries as [string, unknown][])
    : new Map(entries);
}

/** JSON text with every digit; sets become arrays, in their order. */
export function toJsonText(value: Exact): string {
  if (value instanceof Decimal) return value.text;
  if (typeof value === "bigint") return String(value);
  if (value instanceof Set) return `[${[...value].map(toJsonText).join(",")}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${toKeyText(key)}:${toJsonText(item)}`).join(",")}}`;
  }
  return Array.isArray(value) ? `[${value.map(toJsonText).join(",")}]` : JSON.stringify(value);
}

function toKeyText(key: Exact): string {
  return JSON.stringify(typeof key === "string" ? key : toJsonText(key));
}

/** One text for equal values: object members sorted, and the members of sets too. */
export function canonicalText(value: Exact): string {
  if (value instanceof Set) return `[${[...value].map(canonicalText).sort().join(",")}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, item]) => `${toKeyText(key)}:${canonicalText(item)}`);
    return `{${members.sort().join(",")}}`;
  }
  return Array.isArray(value) ? `[${value.map(canonicalText).join(",")}]` : toJsonText(value);
}
