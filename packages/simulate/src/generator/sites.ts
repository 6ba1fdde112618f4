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
  /** Whether every member on the way must be there. */
  readonly isRequired: boolean;
}

/** A field, and the value that it is to have in one input. */
export interface Probe {
  readonly steps: readonly SiteStep[];
  readonly value: JsonValue;
  readonly names: readonly string[];
}

const MAX_DEPTH = 12;
const MAX_PROBES = 20_000;

/**
 * Every field of a schema with every boundary value that it takes, each kind in an order that the dice give. `changed`:
 * values that only one pack of a diff has. `akin`: values that share a word with the field's name, twice for
 * a field that every input has. `unbound`: values that
 * share none with any field. `other`: the rest. A changed value stands in two lists.
 */
export interface Probes {
  readonly changed: readonly Probe[];
  readonly akin: readonly Probe[];
  readonly unbound: readonly Probe[];
  readonly other: readonly Probe[];
}

export function probesOf(root: SchemaNode, pools: Pools, dice: Dice): Probes {
  const found = sitesOf(root)
    .flatMap(({ node, steps, isRequired }) => {
      const field = wordsOf(lastNames(steps));
      return pools.of(node).map(({ value, words, names, isChanged }) => {
        const probe = { steps, value, names };
        return { probe, isRequired, text: JSON.stringify(value), isAkin: isAkin(field, words), isChanged };
      });
    })
    .slice(0, MAX_PROBES);
  const bound = new Set(found.filter((one) => one.isAkin).map(({ text }) => text));
  const toList = (keep: (one: (typeof found)[number]) => boolean, isDoubled = false): readonly Probe[] =>
    dice.shuffle(
      found.filter(keep).flatMap(({ probe, isRequired }) => (isDoubled && isRequired ? [probe, probe] : [probe])),
    );
  return {
    changed: toList((one) => one.isChanged && (one.isAkin || !bound.has(one.text))),
    akin: toList((one) => one.isAkin, true),
    unbound: toList((one) => !one.isAkin && !bound.has(one.text)),
    other: toList((one) => !one.isAkin && bound.has(one.text)),
  };
}

/** The lists of seven probes in turn. */
const TURNS = ["changed", "akin", "unbound", "changed", "akin", "akin", "other"] as const;

/** Gives probes in turn, each list from its start to its end and again; where one is empty its turn is the akin ones'. */
export class ProbeOrder {
  readonly #turns: readonly (readonly Probe[])[];

  constructor(probes: Probes) {
    const instead = [probes.akin, probes.unbound, probes.other, probes.changed].find((list) => list.length > 0) ?? [];
    this.#turns = TURNS.map((name) => (probes[name].length > 0 ? probes[name] : instead));
  }

  /** Undefined where the schema has no field with a boundary. */
  at(number: number): Probe | undefined {
    const turn = number % this.#turns.length;
    const list = this.#turns[turn] ?? [];
    const before = this.#turns.slice(0, turn).filter((other) => other === list).length;
    const inAll = this.#turns.filter((other) => other === list).length;
    return list[(Math.floor(number / this.#turns.length) * inAll + before) % list.length];
  }
}

function lastNames(steps: readonly SiteStep[]): readonly string[] {
  return steps.flatMap((step) => (step.kind === "member" ? [step.name] : [])).slice(-1);
}

function sitesOf(root: SchemaNode): readonly Site[] {
  const sites: Site[] = [];
  const pending: Site[] = [{ node: root, steps: [], isRequired: true }];
  for (let next = pending.pop(); next !== undefined && sites.length < SIMULATE_LIMITS.maxSites; next = pending.pop()) {
    const below = next.steps.length >= MAX_DEPTH ? undefined : childrenOf(next);
    if (below === undefined) sites.push(next);
    else pending.push(...below.toReversed());
  }
  return sites;
}

/** Undefined for a schema of a single value. */
function childrenOf({ node, steps, isRequired }: Site): readonly Site[] | undefined {
  const { shape } = node;
  if (shape.kind === "object") {
    return shape.members.map((member) => ({
      node: member.node,
      steps: [...steps, { kind: "member", name: member.name }],
      isRequired: isRequired && member.required,
    }));
  }
  if (shape.kind === "choice") {
    return shape.branches.map((branch, index) => ({
      node: branch,
      steps: [...steps, { kind: "branch", index }],
      isRequired,
    }));
  }
  if (shape.kind !== "array" || shape.maxItems === 0) return shape.kind === "array" ? [] : undefined;
  return [{ node: shape.items, steps: [...steps, { kind: "item" }], isRequired }];
}
