import { malformed } from "../encoding/malformed.ts";

/** Code points, both ends inclusive. */
export type Range = readonly [from: number, to: number];

/** What a pattern says, without its anchors. */
export type PatternNode =
  | { readonly kind: "one"; readonly ranges: readonly Range[] }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly items: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number | undefined };

const LAST = 0x10ffff;
/** As in RE2: a larger count is a mistake. */
const MAX_COUNT = 1000;

const DIGIT: readonly Range[] = [[0x30, 0x39]];
const WORD: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** LF, CR and the two Unicode line ends, which `.` never takes. */
const LINE_END: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

const CLASSES: ReadonlyMap<string, readonly Range[]> = new Map([
  ["d", DIGIT],
  ["D", complement(DIGIT)],
  ["w", WORD],
  ["W", complement(WORD)],
]);
const ANY = complement(LINE_END);
const ESCAPABLE = "^$\\.*+?()[]{}|/-";
const SYNTAX = "*+?{}]";

/**
 * Reads the part of the common regular expressions that RE2 and ECMAScript (with the `u` flag) understand alike: characters,
 * `.`, classes, `\d \D \w \W`, groups, choices and counts. Whatever needs more than a walk through the text, means something
 * else in one of the two, or is not anchored in every alternative is malformed.
 */
export function parsePattern(text: string): PatternNode {
  const reader = new PatternReader(text);
  const items: PatternNode[] = [];
  do {
    if (!reader.take("^"))
      malformed("is a pattern of which every alternative must begin with ^; write ^(?:one|other)$");
    items.push(readSequence(reader));
    if (!reader.take("$")) malformed("is a pattern of which every alternative must end with $; write ^(?:one|other)$");
  } while (reader.take("|"));
  return reader.next === undefined
    ? { kind: "choice", items }
    : malformed(`has ${quote(reader.next)} after the final $`);
}

/** A place in a pattern, moving forward by whole characters. */
class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;

  constructor(text: string) {
    this.#characters = Array.from(text);
  }

  get next(): string | undefined {
    return this.#characters[this.#index];
  }

  get afterNext(): string | undefined {
    return this.#characters[this.#index + 1];
  }

  /** The next character, consumed. */
  read(): string {
    const character = this.next ?? malformed("ends in the middle of a pattern");
    this.#index += 1;
    return character;
  }

  /** Whether the next character was this one, which is then consumed. */
  take(character: string): boolean {
    const isNext = this.next === character;
    if (isNext) this.#index += 1;
    return isNext;
  }

  /** Decimal digits, at most four of them. */
  readCount(): number | undefined {
    let digits = "";
    while (this.next !== undefined && /[0-9]/.test(this.next) && digits.length < 4) digits += this.read();
    return digits === "" ? undefined : Number(digits);
  }
}

function readSequence(reader: PatternReader): PatternNode {
  const items: PatternNode[] = [];
  while (reader.next !== undefined && !"|)$".includes(reader.next)) items.push(readQuantified(reader));
  return { kind: "sequence", items };
}

function readQuantified(reader: PatternReader): PatternNode {
  const item = readAtom(reader);
  const bounds = readBounds(reader);
  if (bounds === undefined) return item;
  // A lazy count finds the same whole texts as a greedy one.
  reader.take("?");
  return { kind: "repeat", item, ...bounds };
}

function readBounds(reader: PatternReader): { min: number; max: number | undefined } | undefined {
  if (reader.take("*")) return { min: 0, max: undefined };
  if (reader.take("+")) return { min: 1, max: undefined };
  if (reader.take("?")) return { min: 0, max: 1 };
  if (!reader.take("{")) return undefined;
  const min = reader.readCount() ?? malformed("has a { that begins no count; write \\{ for the character");
  const max = reader.take(",") ? reader.readCount() : min;
  if (!reader.take("}")) malformed("has a count without its }");
  if (min > MAX_COUNT || (max !== undefined && (max > MAX_COUNT || max < min))) {
    malformed(`has a count beyond ${MAX_COUNT} or out of order`);
  }
  return { min, max };
}

function readAtom(reader: PatternReader): PatternNode {
  const character = reader.read();
  if (character === "(") return readGroup(reader);
  if (character === "[") return { kind: "one", ranges: readClass(reader) };
  if (character === ".") return { kind: "one", ranges: ANY };
  if (character === "\\") return { kind: "one", ranges: readEscape(reader) };
  if (character === "^") return malformed("has a ^ that is not at the start of an alternative");
  if (SYNTAX.includes(character)) return malformed(`has a ${quote(character)} where nothing can be repeated or closed`);
  return { kind: "one", ranges: [only(character)] };
}

function readGroup(reader: PatternReader): PatternNode {
  if (reader.take("?") && !reader.take(":")) malformed("has a group that looks around, is named or sets flags");
  const items: PatternNode[] = [];
  do items.push(readSequence(reader));
  while (reader.take("|"));
  return reader.take(")")
    ? { kind: "choice", items }
    : malformed("has a group that is not closed, or an anchor in one");
}

function readEscape(reader: PatternReader): readonly Range[] {
  const character = reader.read();
  const known = CLASSES.get(character);
  if (known !== undefined) return known;
  return ESCAPABLE.includes(character)
    ? [only(character)]
    : malformed(`has the escape \\${character}, which is not supported`);
}

function readClass(reader: PatternReader): readonly Range[] {
  const isNegated = reader.take("^");
  const ranges: Range[] = reader.take("-") ? [only("-")] : [];
  while (reader.next !== "]") ranges.push(...readClassItem(reader));
  reader.read();
  if (ranges.length === 0) malformed("has an empty class");
  return isNegated ? complement(ranges) : ranges;
}

function readClassItem(reader: PatternReader): readonly Range[] {
  // Before the ] a - is itself; anywhere else it would mean a range to one reader and a character to another.
  if (reader.next === "-" && reader.afterNext === "]") return [only(reader.read())];
  const first = readClassCharacter(reader);
  if (reader.next !== "-" || reader.afterNext === "]") return first;
  reader.read();
  const [from, to] = [singleOf(first), singleOf(readClassCharacter(reader))];
  return from <= to ? [[from, to]] : malformed("has a range out of order");
}

function readClassCharacter(reader: PatternReader): readonly Range[] {
  const character = reader.read();
  if (character === "\\") return readEscape(reader);
  if ("[-".includes(character)) return malformed(`has a ${quote(character)} in a class; put a \\ before it`);
  return [only(character)];
}

function singleOf([range]: readonly Range[]): number {
  return range !== undefined && range[0] === range[1]
    ? range[0]
    : malformed("has a range that does not end in characters");
}

function only(character: string): Range {
  const point = character.codePointAt(0) ?? 0;
  return [point, point];
}

/** Every code point that is in none of the ranges. */
function complement(ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let start = 0;
  for (const [from, to] of [...ranges].sort((left, right) => left[0] - right[0])) {
    if (from > start) gaps.push([start, from - 1]);
    start = Math.max(start, to + 1);
  }
  return start <= LAST ? [...gaps, [start, LAST]] : gaps;
}

function quote(character: string): string {
  return JSON.stringify(character);
}
