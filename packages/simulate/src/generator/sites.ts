import type { JsonValue } from "@policy-pack/pack";
import { SIMULATE_LIMITS } from "../limits.ts";
import { isAkin, wordsOf } from "./affinity.ts";
import type { Dice } from "./dice.ts";
import type { Pools } from "./pools.ts";
import type { SchemaNode } from "./schema-node.ts";

/** A step from a schema towards a field: a member, a branch, or the items of a list. */
export type SiteStep =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "branch"; readonly index: number }
  | { readonly kind: "item" };

/** A field that holds a single value. */
interface Site {
  readonly node: SchemaNode;
  readonly steps: readonly SiteStep[];
}

/** A field, and the value that it is to have in one input. */
export interface Probe {
  readonly steps: readonly SiteStep[];
  readonly value: JsonValue;
  readonly names: readonly string[];
}

/** How often a value that goes with the field's name comes up, against one that does not. */
const AKIN = 4;
const MAX_DEPTH = 12;
const MAX_PROBES = 20_000;

/**
 * Every field of a schema with every boundary value that it takes, in an order that the dice give; values that share a
 * word with the field's name come up four times.
 */
export function probesOf(root: SchemaNode, pools: Pools, dice: Dice): readonly Probe[] {
  const probes: Probe[] = [];
  for (const { node, steps } of sitesOf(root)) {
    const field = wordsOf(lastNames(steps));
    for (const { value, words, names } of pools.of(node)) {
      const times = isAkin(field, words) ? AKIN : 1;
      for (let count = 0; count < times && probes.length < MAX_PROBES; count++) probes.push({ steps, value, names });
    }
  }
  return dice.shuffle(probes);
}

function lastNames(steps: readonly SiteStep[]): readonly string[] {
  return steps.flatMap((step) => (step.kind === "member" ? [step.name] : [])).slice(-1);
}

function sitesOf(root: SchemaNode): readonly Site[] {
  const sites: Site[] = [];
  const pending: Site[] = [{ node: root, steps: [] }];
  for (let next = pending.pop(); next !== undefined && sites.length < SIMULATE_LIMITS.maxSites; next = pending.pop()) {
    const below = next.steps.length >= MAX_DEPTH ? undefined : childrenOf(next);
    if (below === undefined) sites.push(next);
    else pending.push(...below.toReversed());
  }
  return sites;
}

/** Undefined for a schema of a single value. */
function childrenOf({ node, steps }: Site): readonly Site[] | undefined {
  const { shape } = node;
  if (shape.kind === "object") {
    return shape.members.map((member) => ({
      node: member.node,
      steps: [...steps, { kind: "member", name: member.name }],
    }));
  }
  if (shape.kind === "choice") {
    return shape.branches.map((branch, index) => ({ node: branch, steps: [...steps, { kind: "branch", index }] }));
  }
  if (shape.kind !== "array" || shape.maxItems === 0) return shape.kind === "array" ? [] : undefined;
  return [{ node: shape.items, steps: [...steps, { kind: "item" }] }];
}
