import type { JsonValue } from "@policy-pack/pack";
import { canonicalJson } from "@policy-pack/pack";
import { neighboursOf, percentOf } from "./decimal.ts";
import type { Dice } from "./dice.ts";
import { drawNumber, drawText } from "./draw-leaf.ts";
import type { Pools } from "./pools.ts";
import { accepts } from "./schema-accepts.ts";
import { lowestBranch } from "./schema-measure.ts";
import type { ArrayShape, ObjectShape, SchemaNode } from "./schema-node.ts";
import type { Probe, SiteStep } from "./sites.ts";

/** How one input is drawn. */
export interface DrawPlan {
  readonly dice: Dice;
  readonly pools: Pools;
  /** `plain` keeps to the schema's examples, the first above all; `wild` draws every field anew. */
  readonly manner: "plain" | "wild";
  /** The one field whose value is given. */
  readonly probe?: Probe;
}

/** Values of one input beyond which nothing optional is drawn. */
const ENOUGH = 500;
/** Nesting beyond which only what must be there is drawn. */
const DEEP = 10;
const MAX_EXTRA_ITEMS = 3;
/** Rounds to find another item for a list without equal ones. */
const UNIQUE_TRIES = 16;

/** One value that the schema takes, as far as the generator knows the schema. */
export function drawValue(root: SchemaNode, plan: DrawPlan): JsonValue {
  return new Drawing(plan).draw(root, { steps: plan.probe?.steps, depth: 0 });
}

interface Place {
  /** The way to the probed field, where it leads through here. */
  readonly steps: readonly SiteStep[] | undefined;
  readonly depth: number;
}

class Drawing {
  readonly #plan: DrawPlan;
  /** Single values drawn so far: some fields repeat one, since policies compare fields with each other. */
  readonly #drawn: JsonValue[] = [];
  #left = ENOUGH;

  constructor(plan: DrawPlan) {
    this.#plan = plan;
  }

  draw(node: SchemaNode, place: Place): JsonValue {
    this.#left -= 1;
    const { shape } = node;
    const { steps } = place;
    const { probe } = this.#plan;
    if (steps?.length === 0 && probe !== undefined) return this.#note(probe.value);
    if (shape.kind === "choice") return this.#drawBranch(node, shape.branches, place);
    if (shape.kind !== "object" && shape.kind !== "array") return this.#note(this.#drawLeaf(node));
    const suggestion = steps === undefined && this.#plan.dice.chance(30) ? this.#suggest(node) : undefined;
    if (suggestion !== undefined) return suggestion;
    return shape.kind === "object" ? this.#drawObject(shape, place) : this.#drawArray(shape, place);
  }

  #note(value: JsonValue): JsonValue {
    this.#drawn.push(value);
    return value;
  }

  /** The first example is the ordinary one: plain drawing takes it two times of three. */
  #suggest({ suggestions }: SchemaNode): JsonValue | undefined {
    const { dice, manner } = this.#plan;
    return manner === "plain" && dice.chance(66) ? suggestions[0] : dice.pick(suggestions);
  }

  #isLean({ depth }: Place): boolean {
    return depth >= DEEP || this.#left <= 0;
  }

  #drawBranch(node: SchemaNode, branches: readonly SchemaNode[], place: Place): JsonValue {
    const { dice } = this.#plan;
    const [step, ...rest] = place.steps ?? [];
    const led = step?.kind === "branch" ? branches[step.index] : undefined;
    if (led !== undefined) return this.draw(led, { ...place, steps: rest });
    const suggestion = dice.chance(30) ? this.#suggest(node) : undefined;
    if (suggestion !== undefined) return this.#note(suggestion);
    const ending = branches.filter(({ height }) => height !== Infinity);
    const branch = this.#isLean(place) ? lowestBranch(branches) : dice.pick(ending);
    return branch === undefined ? null : this.draw(branch, { ...place, steps: undefined });
  }

  #drawObject({ members, additional }: ObjectShape, place: Place): JsonValue {
    const { dice, manner } = this.#plan;
    const [step, ...rest] = place.steps ?? [];
    const drawn: [string, JsonValue][] = [];
    const inner = { depth: place.depth + 1, steps: undefined };
    for (const { name, node, required } of members) {
      const isLed = step?.kind === "member" && step.name === name;
      const isWanted = dice.chance(manner === "plain" ? 20 : 50) && !this.#isLean(place) && node.size <= this.#left;
      if (!required && !isLed && (!isWanted || node.height === Infinity)) continue;
      drawn.push([name, this.draw(node, isLed ? { ...inner, steps: rest } : inner)]);
    }
    if (additional !== undefined && manner === "wild" && dice.chance(10) && additional.size <= this.#left) {
      const known = new Set(members.map(({ name }) => name));
      const name = dice.pick(this.#plan.pools.names) ?? "extra";
      if (!known.has(name)) drawn.push([name, this.draw(additional, inner)]);
    }
    return Object.fromEntries(drawn);
  }

  #drawArray({ items, minItems, maxItems, isUnique }: ArrayShape, place: Place): JsonValue {
    const { dice } = this.#plan;
    const [step, ...rest] = place.steps ?? [];
    const isLed = step?.kind === "item";
    const room = this.#isLean(place) || items.height === Infinity ? 0 : Math.min(maxItems - minItems, MAX_EXTRA_ITEMS);
    const length = Math.max(minItems + dice.below(room + 1), isLed ? 1 : 0);
    const drawn: JsonValue[] = [];
    const texts = new Set<string>();
    for (let tries = 0; drawn.length < length && tries < length + UNIQUE_TRIES; tries++) {
      const steps = isLed && drawn.length === 0 ? rest : undefined;
      const item = this.draw(items, { depth: place.depth + 1, steps });
      if (isUnique && texts.has(canonicalJson(item))) continue;
      texts.add(canonicalJson(item));
      drawn.push(item);
    }
    return drawn;
  }

  #drawLeaf(node: SchemaNode): JsonValue {
    const repeated = this.#repeat(node);
    if (repeated !== undefined) return repeated;
    const { dice, manner, pools } = this.#plan;
    const roll = dice.below(100);
    if (roll < (manner === "plain" ? 90 : 25)) {
      const suggestion = this.#suggest(node);
      if (suggestion !== undefined) return suggestion;
    }
    if (roll < 75) {
      const boundary = dice.pick(pools.of(node));
      if (boundary !== undefined) return boundary.value;
    }
    return this.#drawFresh(node);
  }

  /** A value of the names on the way to the probe's boundary, or one that another field has already. */
  #repeat(node: SchemaNode): JsonValue | undefined {
    const { dice, probe, manner } = this.#plan;
    if (node.shape.kind === "text" && probe !== undefined && probe.names.length > 0 && dice.chance(70)) {
      const named = this.#namedBy(node, probe.names);
      if (named !== undefined) return named;
    }
    if (!dice.chance(manner === "plain" ? 15 : 20)) return undefined;
    const other = dice.pick(this.#drawn);
    const related = typeof other === "number" ? this.#relate(other) : other;
    return related !== undefined && accepts(node, related) ? related : undefined;
  }

  /** A number itself, one beside it, or such a share of it as the policy knows. */
  #relate(other: number): number | undefined {
    const { dice, pools } = this.#plan;
    const percent = dice.chance(30) ? dice.pick(pools.percents) : undefined;
    const base = percent === undefined ? other : percentOf(other, percent);
    return base === undefined ? undefined : dice.pick(neighboursOf(base));
  }

  /** An example among the names if there is one, else any name that the schema takes. */
  #namedBy(node: SchemaNode, names: readonly string[]): JsonValue | undefined {
    const fitting = names.filter((name) => accepts(node, name));
    const known = fitting.filter((name) => node.suggestions.includes(name));
    return this.#plan.dice.pick(known.length > 0 ? known : fitting);
  }

  #drawFresh({ shape }: SchemaNode): JsonValue {
    const { dice } = this.#plan;
    if (shape.kind === "number") return drawNumber(shape, dice);
    if (shape.kind === "text") return drawText(shape, dice);
    if (shape.kind === "boolean") return dice.chance(50);
    if (shape.kind === "values") return dice.pick(shape.values) ?? null;
    return shape.kind === "null" ? null : drawAnything(dice);
  }
}

/** A value where the schema says nothing. */
function drawAnything(dice: Dice): JsonValue {
  const values: readonly JsonValue[] = [
    null,
    true,
    false,
    0,
    1,
    -1,
    0.5,
    "",
    "text",
    [],
    {},
    ["text"],
    { name: "text" },
  ];
  return dice.pick(values) ?? null;
}
