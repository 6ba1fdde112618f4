import { canonicalJson } from "@policy-pack/pack";
import type { CaseInput } from "../generator/case-input.ts";
import type { FlipDirection } from "./decision-diff.ts";
import type { FlipName } from "./flip.ts";

/** A group while a diff runs, with the smallest input seen so far. */
export interface OpenGroup extends FlipName {
  readonly entrypoint: string;
  readonly count: number;
  readonly smallest: CaseInput;
}

const ORDER: readonly FlipDirection[] = ["DENY_TO_ALLOW", "ALLOW_TO_DENY", "VALUE"];

/** Gathers flips by name. The smallest input is the one with the shortest canonical JSON, of these the first in order. */
export class FlipGroups {
  readonly #groups = new Map<
    string,
    { flip: FlipName; entrypoint: string; count: number; text: string; smallest: CaseInput }
  >();

  add(flip: FlipName, entrypoint: string, input: CaseInput): void {
    const text = canonicalJson(input.input);
    const group = this.#groups.get(flip.name);
    if (group === undefined) {
      this.#groups.set(flip.name, { flip, entrypoint, count: 1, text, smallest: input });
      return;
    }
    group.count += 1;
    if (!isSmaller(text, group.text)) return;
    group.text = text;
    group.smallest = input;
  }

  /** By direction, then the largest first, then by name. */
  sorted(): readonly OpenGroup[] {
    return [...this.#groups.values()]
      .map(({ flip, entrypoint, count, smallest }) => ({ ...flip, entrypoint, count, smallest }))
      .sort(compareGroups);
  }
}

/** Whether one canonical text is before another: shorter, or as long and earlier by its UTF-16 units. */
export function isSmaller(text: string, than: string): boolean {
  return text.length === than.length ? text < than : text.length < than.length;
}

/** Most dangerous direction first. */
export function compareGroups(
  left: Pick<OpenGroup, "direction" | "count" | "name">,
  right: Pick<OpenGroup, "direction" | "count" | "name">,
): number {
  const byDirection = ORDER.indexOf(left.direction) - ORDER.indexOf(right.direction);
  if (byDirection !== 0) return byDirection;
  if (left.count !== right.count) return right.count - left.count;
  return left.name < right.name ? -1 : 1;
}
