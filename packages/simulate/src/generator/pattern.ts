/** A set of characters as ranges of code points, both ends included. */
export type CharacterRange = readonly [from: number, to: number];

/** A part of a regular expression. */
export type PatternNode =
  | { readonly kind: "set"; readonly ranges: readonly CharacterRange[] }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly items: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number };

/** A regular expression of the supported subset. */
export interface Pattern {
  readonly source: string;
  readonly node: PatternNode;
  /** Whether it begins with `^` or ends with `$`; elsewhere they are not supported. */
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** What a pattern holds that the subset has not; `text` names it. */
export class UnsupportedPattern extends Error {}

export const MAX_CODE_POINT = 0x10ffff;
const MAX_PATTERN = 1_000;
const MAX_COUNT = 1_000;
const MAX_DEPTH = 32;
/** What a pattern may make necessary; a longer text is no field of an input. */
const MAX_TEXT = 4_096;

const SPACE: readonly CharacterRange[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const DIGITS: readonly CharacterRange[] = [[48, 57]];
const WORD: readonly CharacterRange[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const CLASSES: Readonly<Record<string, readonly CharacterRange[]>> = {
  d: DIGITS,
  D: invert(DIGITS),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };
/** Every character but ECMAScript's line ends. */
const ANY = invert([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]);

/**
 * Reads a regular expression as JSON Schema means it (ECMA 262, by code points): characters, `.`, classes, `\d \w \s`,
 * escapes, groups, alternatives and greedy or lazy counts up to 1000, `^` at its start and `$` at its end.
 * @throws UnsupportedPattern naming what is beyond that: look-around, back references, `\b`, `\p{}`, anchors elsewhere
 */
export function parsePattern(source: string): Pattern {
  if (source.length > MAX_PATTERN) throw new UnsupportedPattern(`more than ${MAX_PATTERN} characters`);
  const reader = new PatternReader(Array.from(source));
  const pattern = { source, ...reader.readWhole() };
  const least = shortestOf(pattern.node);
  if (least > MAX_TEXT) throw new UnsupportedPattern(`texts of at least ${least} characters`);
  return pattern;
}

/** All code points outside the ranges. */
export function invert(ranges: readonly CharacterRange[]): readonly CharacterRange[] {
  const inverted: CharacterRange[] = [];
  let next = 0;
  for (const [from, to] of ranges.toSorted((left, right) => left[0] - right[0])) {
    if (from > next) inverted.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next > MAX_CODE_POINT ? inverted : [...inverted, [next, MAX_CODE_POINT]];
}

/** The least number of characters that the part takes. */
export function shortestOf(node: PatternNode): number {
  if (node.kind === "set") return 1;
  if (node.kind === "repeat") return node.min === 0 ? 0 : node.min * shortestOf(node.item);
  const lengths = node.items.map(shortestOf);
  if (node.kind === "sequence") return lengths.reduce((sum, length) => sum + length, 0);
  return lengths.reduce((least, length) => Math.min(least, length), Infinity);
}

class PatternReader {
  readonly #characters: readonly string[];
  #index = 0;
  #depth = 0;

  constructor(characters: readonly string[]) {
    this.#characters = characters;
  }

  readWhole(): Pick<Pattern, "node" | "fromStart" | "toEnd"> {
    const fromStart = this.#take("^");
    const node = this.#readChoice();
    const toEnd = this.#take("$");
    if (this.#index < this.#characters.length) throw new UnsupportedPattern(`${this.#peek() ?? ""} where it stands`);
    // `^a|b$` is `(^a)|(b$)`: an anchor of one alternative only.
    if ((fromStart || toEnd) && node.kind === "choice") throw new UnsupportedPattern("an anchor of one alternative");
    return { node, fromStart, toEnd };
  }

  #peek(): string | undefined {
    return this.#characters[this.#index];
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#index += 1;
    return true;
  }

  #next(): string {
    const character = this.#peek();
    if (character === undefined) throw new UnsupportedPattern("an end in the middle of it");
    this.#index += 1;
    return character;
  }

  #readChoice(): PatternNode {
    if (++this.#depth > MAX_DEPTH) throw new UnsupportedPattern(`groups nested deeper than ${MAX_DEPTH}`);
    const items = [this.#readSequence()];
    while (this.#take("|")) items.push(this.#readSequence());
    this.#depth -= 1;
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: "choice", items };
  }

  #readSequence(): PatternNode {
    const items: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined && !"|)$".includes(next); next = this.#peek()) {
      items.push(this.#readCounted(this.#readAtom()));
    }
    return { kind: "sequence", items };
  }

  #readCounted(item: PatternNode): PatternNode {
    const counts = this.#readCounts();
    if (counts === undefined) return item;
    this.#take("?");
    const [min, max] = counts;
    if (min > MAX_COUNT || (max !== Infinity && max > MAX_COUNT)) {
      throw new UnsupportedPattern(`a count above ${MAX_COUNT}`);
    }
    if (min > max) throw new UnsupportedPattern("a count whose end is below its start");
    if (this.#readCounts() !== undefined) throw new UnsupportedPattern("a count of a count");
    return { kind: "repeat", item, min, max };
  }

  #readCounts(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    if (this.#peek() !== "{") return undefined;
    const rest = this.#characters.slice(this.#index, this.#index + 40).join("");
    const [whole, min, comma, max] = /^\{([0-9]{1,16})(,?)([0-9]{0,16})\}/.exec(rest) ?? [];
    if (whole === undefined) throw new UnsupportedPattern("{ that begins no count");
    this.#index += whole.length;
    if (comma === "") return [Number(min), Number(min)];
    return [Number(min), max === "" ? Infinity : Number(max)];
  }

  #readAtom(): PatternNode {
    const character = this.#next();
    if (character === "(") return this.#readGroup();
    if (character === "[") return { kind: "set", ranges: this.#readClass() };
    if (character === ".") return { kind: "set", ranges: ANY };
    if (character === "\\") return { kind: "set", ranges: this.#readEscape() };
    if ("*+?{}]^".includes(character)) throw new UnsupportedPattern(`${character} where it stands`);
    return { kind: "set", ranges: [only(character)] };
  }

  #readGroup(): PatternNode {
    if (this.#take("?") && !this.#take(":")) throw new UnsupportedPattern(`(?${this.#peek() ?? ""}`);
    const node = this.#readChoice();
    if (!this.#take(")")) throw new UnsupportedPattern("a group that does not close, or an anchor within one");
    return node;
  }

  #readClass(): readonly CharacterRange[] {
    const isInverted = this.#take("^");
    const ranges: CharacterRange[] = [];
    while (!this.#take("]")) {
      const first = this.#readMember();
      const [from, another] = first;
      const isRange = this.#peek() === "-" && this.#characters[this.#index + 1] !== "]";
      if (!isRange || from === undefined) ranges.push(...first);
      else {
        this.#index += 1;
        const [to] = this.#readMember();
        if (to === undefined || another !== undefined || from[0] !== from[1] || to[0] !== to[1] || to[0] < from[0]) {
          throw new UnsupportedPattern("a range of characters without an order");
        }
        ranges.push([from[0], to[0]]);
      }
    }
    if (ranges.length === 0) throw new UnsupportedPattern("an empty class");
    return isInverted ? invert(ranges) : ranges;
  }

  #readMember(): readonly CharacterRange[] {
    const character = this.#next();
    return character === "\\" ? this.#readEscape() : [only(character)];
  }

  #readEscape(): readonly CharacterRange[] {
    const character = this.#next();
    const known = CLASSES[character];
    if (known !== undefined) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    if (character === "x" || character === "u") return [this.#readHex(character === "x" ? 2 : 4)];
    if (/[A-Za-z0-9]/.test(character)) throw new UnsupportedPattern(`\\${character}`);
    return [only(character)];
  }

  #readHex(length: number): CharacterRange {
    const digits = this.#characters.slice(this.#index, this.#index + length).join("");
    if (!/^[0-9A-Fa-f]+$/.test(digits) || digits.length !== length) throw new UnsupportedPattern("\\u or \\x so");
    this.#index += length;
    const code = Number.parseInt(digits, 16);
    if (code >= 0xd800 && code <= 0xdfff) throw new UnsupportedPattern("half of a surrogate pair");
    return [code, code];
  }
}

function only(character: string): CharacterRange {
  const code = character.codePointAt(0) ?? 0;
  return [code, code];
}
