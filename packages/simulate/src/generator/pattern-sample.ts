import type { Dice } from "./dice.ts";
import { MAX_CODE_POINT, shortestOf } from "./pattern.ts";
import type { CharacterRange, Pattern, PatternNode } from "./pattern.ts";

/** Repetitions beyond the least, unless the greatest count is drawn. */
const EXTRA = 8;
const MAX_TEXT = 4_096;
const PRINTABLE: CharacterRange = [0x20, 0x7e];
/** No input holds U+0000 or half of a surrogate pair. */
const WRITABLE: readonly CharacterRange[] = [
  [1, 0xd7ff],
  [0xe000, MAX_CODE_POINT],
];

/** A text that matches the pattern and holds nothing else: a pattern without anchors is sampled as if it had both. */
export function samplePattern({ node }: Pattern, dice: Dice): string {
  const sampler = { dice, left: MAX_TEXT - shortestOf(node), characters: [] as string[] };
  sample(node, sampler);
  return sampler.characters.join("");
}

interface Sampler {
  readonly dice: Dice;
  readonly characters: string[];
  /** Characters that may come beyond those that must. */
  left: number;
}

function sample(node: PatternNode, sampler: Sampler): void {
  const { dice } = sampler;
  if (node.kind === "sequence") for (const item of node.items) sample(item, sampler);
  else if (node.kind === "choice") {
    const least = shortestOf(node);
    const item = dice.pick(node.items.filter((one) => shortestOf(one) - least <= sampler.left));
    if (item === undefined) return;
    sampler.left -= shortestOf(item) - least;
    sample(item, sampler);
  } else if (node.kind === "set") sampler.characters.push(sampleSet(node.ranges, dice));
  else {
    const count = countOf(node, sampler);
    for (let round = 0; round < count; round++) sample(node.item, sampler);
  }
}

function countOf({ item, min, max }: PatternNode & { kind: "repeat" }, sampler: Sampler): number {
  const { dice } = sampler;
  const isGreatest = max !== Infinity && dice.chance(5);
  const wanted = isGreatest ? max - min : dice.below(Math.min(max - min, EXTRA) + 1);
  const cost = Math.max(1, shortestOf(item));
  const extra = Math.min(wanted, Math.max(0, Math.floor(sampler.left / cost)));
  sampler.left -= extra * cost;
  return min + extra;
}

/** Printable ASCII where the set has any: what people write in such a field. */
function sampleSet(ranges: readonly CharacterRange[], dice: Dice): string {
  const usable = usableOf(ranges);
  let place = dice.below(
    Math.max(
      1,
      usable.reduce((sum, [from, to]) => sum + to - from + 1, 0),
    ),
  );
  for (const [from, to] of usable) {
    if (place <= to - from) return String.fromCodePoint(from + place);
    place -= to - from + 1;
  }
  return "?";
}

const usableRanges = new WeakMap<readonly CharacterRange[], readonly CharacterRange[]>();

function usableOf(ranges: readonly CharacterRange[]): readonly CharacterRange[] {
  const known = usableRanges.get(ranges);
  if (known !== undefined) return known;
  const printable = within(ranges, [PRINTABLE]);
  const usable = printable.length > 0 ? printable : within(ranges, WRITABLE);
  usableRanges.set(ranges, usable);
  return usable;
}

function within(ranges: readonly CharacterRange[], bounds: readonly CharacterRange[]): readonly CharacterRange[] {
  return ranges.flatMap(([from, to]) =>
    bounds.flatMap(([low, high]): CharacterRange[] =>
      from <= high && to >= low ? [[Math.max(from, low), Math.min(to, high)]] : [],
    ),
  );
}
