import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { parsePattern } from "./pattern-syntax.ts";
import type { PatternNode, Range } from "./pattern-syntax.ts";

/** A pattern that matches a text as a whole or not at all. */
export interface Pattern {
  matches(text: string): boolean;
}

/** Takes one character of its ranges, or none when it has no ranges; then goes on at each of `next`. */
interface State {
  readonly id: number;
  readonly ranges: readonly Range[] | undefined;
  readonly next: State[];
}

/**
 * Makes a matcher of an anchored regular expression (see `parsePattern` for what may stand in one). It is a
 * nondeterministic automaton that is walked once, all its states at a time, so the cost of a match is at most the number
 * of states times the length of the text: nothing that a signer writes into a certificate or a predicate makes it slow. A
 * text longer than `VERIFY_LIMITS.maxMatchedText` never matches. Case and Unicode forms are compared as they are.
 * @throws MalformedError when it is not anchored, not supported or over a limit
 */
export function compilePattern(text: string): Pattern {
  const { maxPatternLength, maxMatchedText } = VERIFY_LIMITS;
  if (text.length > maxPatternLength) malformed(`is a pattern of more than ${maxPatternLength} characters`);
  const builder = new AutomatonBuilder();
  const accepting = builder.add(undefined, []);
  const start = builder.build(parsePattern(text), accepting);
  const { size } = builder;
  return {
    matches: (candidate) => candidate.length <= maxMatchedText && run(candidate, start, accepting, size),
  };
}

/** Builds states from the end of a pattern to its start, so that each knows where it goes on. */
class AutomatonBuilder {
  #size = 0;
  #visits = 0;

  get size(): number {
    return this.#size;
  }

  add(ranges: readonly Range[] | undefined, next: State[]): State {
    const id = this.#size;
    this.#size += 1;
    return { id, ranges, next };
  }

  /** The state from which a text of the node leads to `then`. */
  build(node: PatternNode, then: State): State {
    this.#visits += 1;
    // Counts within counts multiply, and those of nothing leave no states to be counted.
    if (this.#visits > VERIFY_LIMITS.maxPatternStates) malformed("is a pattern whose counts make it too large");
    switch (node.kind) {
      case "one":
        return this.add(node.ranges, [then]);
      case "sequence":
        return node.items.reduceRight((after, item) => this.build(item, after), then);
      case "choice":
        return this.add(
          undefined,
          node.items.map((item) => this.build(item, then)),
        );
      case "repeat":
        return this.#repeat(node, then);
    }
  }

  #repeat({ item, min, max }: Extract<PatternNode, { kind: "repeat" }>, then: State): State {
    let state = max === undefined ? this.#loop(item, then) : then;
    for (let count = min; max !== undefined && count < max; count += 1) {
      state = this.add(undefined, [this.build(item, state), then]);
    }
    for (let count = 0; count < min; count += 1) state = this.build(item, state);
    return state;
  }

  #loop(item: PatternNode, then: State): State {
    const loop = this.add(undefined, [then]);
    loop.next.push(this.build(item, loop));
    return loop;
  }
}

function run(text: string, start: State, accepting: State, size: number): boolean {
  const seen = new Uint32Array(size);
  let step = 1;
  let states = closure([start], seen, step);
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    step += 1;
    const reached = states.flatMap(({ ranges, next }) => (isIn(point, ranges) ? next : []));
    if (reached.length === 0) return false;
    states = closure(reached, seen, step);
  }
  return states.includes(accepting);
}

/** The states reached without taking a character, each once; `seen` holds the step at which a state was last reached. */
function closure(from: readonly State[], seen: Uint32Array, step: number): readonly State[] {
  const waiting = [...from];
  const reached: State[] = [];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (seen[state.id] === step) continue;
    seen[state.id] = step;
    reached.push(state);
    if (state.ranges === undefined) waiting.push(...state.next);
  }
  return reached;
}

function isIn(point: number, ranges: readonly Range[] | undefined): boolean {
  return ranges?.some(([from, to]) => from <= point && point <= to) === true;
}
