import type { JsonValue } from "@policy-pack/pack";
import { SIMULATION_TIME_NS } from "../decide/decider.ts";
import { wordsOf } from "./affinity.ts";
import { neighboursOf } from "./decimal.ts";
import type { PackageModel } from "./input-model.ts";
import { percentIn } from "./shares.ts";
import { acceptsNumber, acceptsText, isDateTimeText } from "./schema-accepts.ts";
import type { NumberShape, SchemaNode, TextShape } from "./schema-node.ts";
import { edgesOf } from "./schema-shapes.ts";

/** A boundary value, and the words it goes with. */
export interface PoolValue {
  readonly value: JsonValue;
  readonly words: ReadonlySet<string>;
  /** The names on the way to it: of a threshold by workspace, the workspace. */
  readonly names: readonly string[];
  /** Only one of the two packs of a diff has it. */
  readonly isChanged: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Boundary values of a package by the schemas that take them. */
export class Pools {
  readonly #numbers: readonly PoolValue[];
  readonly #texts: readonly PoolValue[];
  readonly #dates: readonly PoolValue[];
  readonly #names: readonly string[];
  readonly #percents: readonly number[];
  readonly #byNode = new Map<SchemaNode, readonly PoolValue[]>();

  constructor(model: PackageModel) {
    this.#numbers = model.numbers.flatMap(({ value, names, changed }) => {
      const about = { words: wordsOf(names), names, isChanged: changed === true };
      return neighboursOf(value).map((neighbour) => ({ ...about, value: neighbour }));
    });
    this.#texts = model.texts.map(({ value, names, changed }) => {
      return { value, words: wordsOf(names), names, isChanged: changed === true };
    });
    this.#names = model.texts.map(({ value }) => value).filter((value) => value.length <= 64);
    this.#percents = model.numbers.flatMap((number) => percentIn(number) ?? []);
    this.#dates = datesOf(model).map(plain);
  }

  /** All numbers, also those that no schema takes. */
  get numbers(): readonly PoolValue[] {
    return this.#numbers;
  }

  /** What share of a number turns a decision, in hundredths. */
  get percents(): readonly number[] {
    return this.#percents;
  }

  /** Texts short enough for a member's name. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The boundary values that the schema of a single value takes; none for objects and lists. */
  of(node: SchemaNode): readonly PoolValue[] {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const found = distinct(this.#find(node));
    this.#byNode.set(node, found);
    return found;
  }

  #find({ shape }: SchemaNode): readonly PoolValue[] {
    if (shape.kind === "number") return this.#numbersFor(shape);
    if (shape.kind === "text") return this.#textsFor(shape);
    if (shape.kind === "values") return shape.values.map(plain);
    if (shape.kind === "boolean") return [plain(true), plain(false)];
    return shape.kind === "any" ? [...this.#texts, ...this.#numbers] : [];
  }

  #numbersFor(shape: NumberShape): readonly PoolValue[] {
    const fitting = this.#numbers.filter(({ value }) => typeof value === "number" && acceptsNumber(shape, value));
    return [...fitting, ...edgesOf(shape).map(plain)];
  }

  #textsFor(shape: TextShape): readonly PoolValue[] {
    const candidates = shape.isDateTime ? [...this.#dates, ...this.#texts] : this.#texts;
    return candidates.filter(({ value }) => typeof value === "string" && acceptsText(shape, value));
  }
}

function plain(value: JsonValue): PoolValue {
  return { value, words: NOTHING, names: [], isChanged: false };
}

/** One entry a value, with the words of all of them. */
function distinct(values: readonly PoolValue[]): readonly PoolValue[] {
  const byText = new Map<string, PoolValue>();
  for (const entry of values) {
    const text = JSON.stringify(entry.value);
    const present = byText.get(text);
    const joined =
      present === undefined
        ? entry
        : {
            value: entry.value,
            words: new Set([...present.words, ...entry.words]),
            names: [...new Set([...present.names, ...entry.names])],
            isChanged: present.isChanged || entry.isChanged,
          };
    byText.set(text, joined);
  }
  return [...byText.values()];
}

/**
 * Date-times where decisions turn: the time of the simulation and a second either way, the ends of the years that stand
 * as numbers in the model and the middle of them, a leap day, other offsets and spellings, the ends of the format.
 */
function datesOf({ numbers, texts }: PackageModel): readonly string[] {
  const now = Number(SIMULATION_TIME_NS / 1_000_000n);
  const around = [-86_400_000, -1000, 0, 1000, 86_400_000].map((offset) => toDateTime(now + offset));
  const years = numbers
    .filter(({ value }) => Number.isInteger(value) && value >= 1000 && value <= 9998)
    .slice(0, 50)
    .flatMap(({ value }) => [value - 1, value, value + 1])
    .flatMap((year) => [`${year}-01-01T00:00:00Z`, `${year}-07-01T12:00:00Z`, `${year}-12-31T23:59:59Z`]);
  const written = texts.map(({ value }) => value).filter(isDateTimeText);
  return [...around, ...years, ...written, ...SPELLINGS];
}

const SPELLINGS = [
  "2024-02-29T12:00:00Z",
  "2026-01-01T01:00:00+01:00",
  "2025-12-31T19:00:00.001-05:00",
  "2030-06-15t08:30:00z",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "0001-01-01T00:00:00Z",
];

/** As `YYYY-MM-DDTHH:MM:SSZ`; a given time, not today's. */
export function toDateTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.[0-9]{3}Z$/, "Z");
}
