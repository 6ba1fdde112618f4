import type { Pattern, PatternNode } from "./pattern.ts";

/** Work for one text; a pattern that needs more does not match, which only takes a boundary value from the draw. */
const MAX_STEPS = 200_000;

/**
 * Whether the text matches, without the backtracking of an engine: from all places at once, so that no pattern takes
 * more than a fixed amount of work.
 */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const places = new Set<number>([0]);
  if (!pattern.fromStart) characters.forEach((_code, index) => places.add(index + 1));
  const ends = new Matcher(characters).step(pattern.node, places);
  return pattern.toEnd ? ends.has(characters.length) : ends.size > 0;
}

class Matcher {
  readonly #characters: readonly number[];
  #steps = 0;

  constructor(characters: readonly number[]) {
    this.#characters = characters;
  }

  /** The places after the part, for each place before it. */
  step(node: PatternNode, from: ReadonlySet<number>): ReadonlySet<number> {
    this.#steps += from.size + 1;
    if (from.size === 0 || this.#steps > MAX_STEPS) return new Set();
    if (node.kind === "set") return this.#stepSet(node.ranges, from);
    if (node.kind === "repeat") return this.#stepRepeat(node, from);
    if (node.kind === "choice") return new Set(node.items.flatMap((item) => [...this.step(item, from)]));
    return node.items.reduce((places, item) => this.step(item, places), from);
  }

  #stepSet(ranges: readonly (readonly [number, number])[], from: ReadonlySet<number>): ReadonlySet<number> {
    const places = new Set<number>();
    for (const place of from) {
      const code = this.#characters[place];
      if (code !== undefined && ranges.some(([first, last]) => code >= first && code <= last)) places.add(place + 1);
    }
    return places;
  }

  #stepRepeat({ item, min, max }: PatternNode & { kind: "repeat" }, from: ReadonlySet<number>): ReadonlySet<number> {
    let places = from;
    for (let count = 0; count < min; count++) {
      const next = this.step(item, places);
      // Where nothing moves any more, further rounds change nothing.
      if (isSame(next, places)) break;
      places = next;
    }
    const all = new Set(places);
    for (let count = min; count < max && places.size > 0; count++) {
      const fresh = [...this.step(item, places)].filter((place) => !all.has(place));
      places = new Set(fresh);
      for (const place of fresh) all.add(place);
    }
    return all;
  }
}

function isSame(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  return left.size === right.size && [...left].every((place) => right.has(place));
}
