import { BuiltinError } from "../builtin.ts";

/** A character class as sorted ranges that do not touch; a single character is one too. */
export interface GlobToken {
  /** Undefined for the dot, which is any character. */
  readonly ranges: readonly Range[] | undefined;
  readonly isSet: boolean;
  flag: "" | "+" | "*";
}

type Range = readonly [low: number, high: number];

/**
 * The globs of `regex.globs_match`: characters, `.`, `[a-z]`, each with `+` or `*` behind it; `\` takes away a meaning.
 *
 * @throws BuiltinError when it is no such glob
 * @see https://github.com/yashtewari/glob-intersection
 */
export function parseGlob(text: string): GlobToken[] {
  return simplify(new GlobReader(text).tokens());
}

interface Rune {
  readonly text: string;
  readonly isEscaped: boolean;
}

class GlobReader {
  readonly #runes: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#runes = Array.from(text);
  }

  tokens(): GlobToken[] {
    const tokens: GlobToken[] = [];
    for (let rune = this.#next(); rune !== undefined; rune = this.#next()) {
      const token = this.#token(rune);
      const flag = this.#runes[this.#position];
      if (flag === "+" || flag === "*") {
        token.flag = flag;
        this.#position++;
      }
      tokens.push(token);
    }
    return tokens;
  }

  #next(): Rune | undefined {
    const text = this.#runes[this.#position++];
    if (text === undefined) return undefined;
    if (text !== "\\") return { text, isEscaped: false };
    const escaped = this.#runes[this.#position++];
    if (escaped === undefined) throw new BuiltinError("the input ends with a \\ (escape) character");
    return { text: escaped, isEscaped: true };
  }

  #token({ text, isEscaped }: Rune): GlobToken {
    if (!isEscaped) {
      if (text === ".") return { ranges: undefined, isSet: false, flag: "" };
      if (text === "[") return { ranges: this.#set(), isSet: true, flag: "" };
      if (text === "]" || text === "+" || text === "*") throw new BuiltinError(`'${text}' has nothing before it`);
    }
    const code = codeOf(text);
    return { ranges: [[code, code]], isSet: false, flag: "" };
  }

  #set(): Range[] {
    const ranges: Range[] = [];
    let previous: number | undefined;
    for (let rune = this.#next(); rune !== undefined; rune = this.#next()) {
      if (!rune.isEscaped && rune.text === "]") return mergeRanges(ranges);
      if (!rune.isEscaped && rune.text === "-") {
        ranges.push(this.#rangeFrom(previous));
        previous = undefined;
        continue;
      }
      previous = codeOf(rune.text);
      ranges.push([previous, previous]);
    }
    throw new BuiltinError("found [ without matching ]");
  }

  #rangeFrom(low: number | undefined): Range {
    if (low === undefined) throw new BuiltinError("range character '-' must be preceded by a character");
    const isNearEnd = this.#position >= this.#runes.length - 1;
    const rune = isNearEnd ? undefined : this.#next();
    if (rune === undefined || (!rune.isEscaped && (rune.text === "]" || rune.text === "-"))) {
      throw new BuiltinError("range character '-' must be followed by a character");
    }
    const high = codeOf(rune.text);
    if (high < low) throw new BuiltinError("range is out of order");
    return [low, high];
  }
}

function codeOf(rune: string): number {
  return rune.codePointAt(0) ?? 0;
}

function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((left, right) => left[0] - right[0])) {
    const last = merged.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** `a+a*` is `a+`: of flagged neighbours that are the same, one stays. */
function simplify(tokens: readonly GlobToken[]): GlobToken[] {
  const simple: GlobToken[] = [];
  for (const token of tokens) {
    const latest = simple.at(-1);
    if (latest === undefined || token.flag === "" || latest.flag === "" || !isSame(token, latest)) simple.push(token);
    else if (token.flag === "+") latest.flag = "+";
  }
  return simple;
}

function isSame(left: GlobToken, right: GlobToken): boolean {
  return left.isSet === right.isSet && String(left.ranges) === String(right.ranges);
}

/** Whether one character fits both. */
export function canMeet(left: GlobToken, right: GlobToken): boolean {
  const [a, b] = [left.ranges, right.ranges];
  if (a === undefined || b === undefined) return true;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) return false;
    if (x[0] <= y[1] && y[0] <= x[1]) return true;
    if (x[1] < y[1]) i++;
    else j++;
  }
  return false;
}
