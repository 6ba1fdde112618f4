/** What `JSON.parse` accepts and yet shows to one reader and hides from another. */
export interface JsonProblem {
  readonly text: string;
  readonly position: number;
  readonly isLimit: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
/** With the `u` flag a surrogate that is one of a pair does not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The longest double, 5e-324 written out, has 326 characters; reading longer ones costs more than it tells. */
const MAX_NUMBER = 400;

/** The keys of an open object, or undefined for an open array. */
type Container = Set<string> | undefined;

export interface ScanOptions {
  readonly maxDepth: number;
  /** Told of each number; then also those pass that a double would round, up to 400 characters long. */
  readonly onNumber?: ((text: string) => void) | undefined;
}

/**
 * Looks once through a text for nesting beyond `maxDepth`, a key that an object holds twice (compared decoded), a
 * number that a double would round and half a surrogate pair. The grammar is left to `JSON.parse`, which comes after:
 * hostile nesting must not reach it. What is not JSON is passed over here.
 */
export function findJsonProblem(text: string, { maxDepth, onNumber }: ScanOptions): JsonProblem | undefined {
  const open: Container[] = [];
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      const problem = stringProblem(text, index, end, open);
      if (problem !== undefined) return { text: problem, position: index, isLimit: false };
      index = end;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const number = matchAt(NUMBER, text, index);
      if (number.length > MAX_NUMBER || (onNumber === undefined && !isExact(number))) {
        return { text: `holds a number that cannot be kept exactly`, position: index, isLimit: false };
      }
      onNumber?.(number);
      index += Math.max(number.length, 1);
    } else {
      if (code === 0x7b) open.push(new Set());
      else if (code === 0x5b) open.push(undefined);
      else if (code === 0x7d || code === 0x5d) open.pop();
      if (open.length > maxDepth) {
        return { text: `is nested deeper than ${maxDepth} levels`, position: index, isLimit: true };
      }
      index += 1;
    }
  }
  return undefined;
}

/** The index after the closing quote of the string that opens at `start`, or the end of a text without one. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    index += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

function stringProblem(text: string, start: number, end: number, open: readonly Container[]): string | undefined {
  const raw = text.slice(start + 1, end - 1);
  const value = raw.includes("\\") ? unescapeString(text.slice(start, end)) : raw;
  if (LONE_SURROGATE.test(value)) return "holds half of a surrogate pair in a string";
  const keys = open.at(-1);
  if (keys === undefined || !isKey(text, end)) return undefined;
  if (keys.has(value)) return `has the key ${JSON.stringify(value.slice(0, 100))} twice in one object`;
  keys.add(value);
  return undefined;
}

/** A string with a wrong escape counts as empty: the whole text is refused for it afterwards. */
function unescapeString(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return "";
  }
}

/** A string is a key exactly when a colon follows it. */
function isKey(text: string, end: number): boolean {
  return text.charCodeAt(end + matchAt(SPACE, text, end).length) === 0x3a;
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? "";
}

/** Whether the double nearest to the number prints as the same decimal value again. */
export function isExact(number: string): boolean {
  if (number.length < 16 && !/[eE]/.test(number)) return true;
  const value = Number(number);
  return Number.isFinite(value) && toScientific(number) === toScientific(String(value));
}

/** One spelling for each decimal value: significant digits without outer zeros, and the power of ten of the last. */
export function toScientific(number: string): string {
  const [mantissa = "", exponent = "0"] = number.toLowerCase().split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}
