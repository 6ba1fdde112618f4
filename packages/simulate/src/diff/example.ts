import type { JsonValue } from "@policy-pack/pack";
import { AskedInput } from "../decide/asked-input.ts";
import type { Decider } from "../decide/decider.ts";
import type { FlipExample } from "./decision-diff.ts";
import { isSameDecision, isSameValue, nameFlip } from "./flip.ts";
import type { OpenGroup } from "./groups.ts";
import { shrink } from "./shrink.ts";

/** The two packs of a diff. */
export interface Sides {
  readonly old: Decider;
  readonly new: Decider;
}

/** A group's smallest input, shrunk while it stays in the group, with what both packs say about it. */
export function toExample(sides: Sides, group: OpenGroup, { shrinks }: { readonly shrinks: boolean }): FlipExample {
  const { entrypoint, smallest } = group;
  const ask = (input: JsonValue): [AskedInput, AskedInput] => {
    const question = { ...smallest, input };
    return [new AskedInput(sides.old, question), new AskedInput(sides.new, question)];
  };
  const isInGroup = (candidate: JsonValue): boolean => {
    const [before, after] = ask(candidate);
    if (isSameDecision(before.decide(entrypoint), after.decide(entrypoint))) return false;
    return nameFlip(entrypoint, before.side(entrypoint), after.side(entrypoint)).name === group.name;
  };
  const input = shrinks ? shrink(smallest.input, isInGroup) : smallest.input;
  const [before, after] = ask(input);
  const [oldReasons, newReasons] = [before.reasons(entrypoint), after.reasons(entrypoint)];
  return {
    id: smallest.id,
    origin: smallest.origin,
    shrunk: !isSameValue(input, smallest.input),
    input,
    old: before.decide(entrypoint),
    new: after.decide(entrypoint),
    ...(oldReasons === undefined ? {} : { oldReasons }),
    ...(newReasons === undefined ? {} : { newReasons }),
  };
}
