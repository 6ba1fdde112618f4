import { RE2JS, RE2JSException } from "re2js";

import { BuiltinError } from "../builtin.ts";
import { translatePattern } from "./translate.ts";

type Program = ReturnType<RE2JS["re2"]>;

/** A compiled pattern: linear in the text, whatever the pattern. */
export interface Pattern {
  readonly isEmpty: boolean;
  readonly program: Program;
  /** The numbers of the groups that share a name, from the left. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
  /** Characters that the engine's newer Unicode treats otherwise than OPA's, as far as this pattern looks at them. */
  readonly unlike: RegExp | undefined;
  /** What it takes in the cache. */
  readonly size: number;
  /** Of the program: what one character may cost. */
  readonly instructions: number;
}

/** OPA keeps as many. */
const MAX_CACHED = 100;
/** Instructions and ranges of characters, about a hundred bytes each: patterns that depend on the input would fill the heap. */
const MAX_CACHED_SIZE = 256 * 1024;
const RANGES_PER_CLASS = 700;
/** The engine's compiler takes seconds for longer ones, Go's does not. */
const MAX_PATTERN_UNITS = 128 * 1024;

const cache = new Map<string, Pattern>();
let cachedSize = 0;

/**
 * Compiles a pattern of Go's regexp package, or returns it from a bounded cache.
 *
 * @throws BuiltinError when Go has no such pattern
 * @throws RangeError when it is longer than 128 Ki characters
 * @see https://pkg.go.dev/regexp/syntax
 */
export function compilePattern(text: string): Pattern {
  const known = cache.get(text);
  if (known !== undefined) {
    // The oldest entry goes first; this one is now the newest.
    cache.delete(text);
    cache.set(text, known);
    return known;
  }
  const pattern = compile(text);
  remember(text, pattern);
  return pattern;
}

/** How many patterns are kept, for tests of the bound. */
export function cachedPatterns(): number {
  return cache.size;
}

function remember(text: string, pattern: Pattern): void {
  cache.set(text, pattern);
  cachedSize += pattern.size;
  for (const [oldest, { size }] of cache) {
    if (cache.size <= MAX_CACHED && cachedSize <= MAX_CACHED_SIZE) return;
    cache.delete(oldest);
    cachedSize -= size;
  }
}

function compile(pattern: string): Pattern {
  if (pattern.length > MAX_PATTERN_UNITS) throw new RangeError(`a pattern exceeds ${MAX_PATTERN_UNITS} characters`);
  const { text, groups: names, classes, unlike } = translatePattern(pattern);
  const program = compileProgram(text);
  const groups = new Map<string, number[]>();
  for (const [name, alias] of names) {
    groups.set(name, [...(groups.get(name) ?? []), program.namedGroups[alias] ?? Infinity]);
  }
  const instructions = program.numberOfInstructions() as number;
  const size = instructions + pattern.length + classes * RANGES_PER_CLASS;
  return { isEmpty: pattern === "", program, groups, unlike, size, instructions };
}

function compileProgram(text: string): Program {
  try {
    return RE2JS.compile(text).re2();
  } catch (error) {
    if (error instanceof RE2JSException) throw new BuiltinError(error.message);
    throw error;
  }
}

/** Whether the text is a pattern; one that is too large to compile stops the decision. */
export function isPattern(text: string): boolean {
  try {
    compilePattern(text);
    return true;
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return false;
    throw thrown;
  }
}
