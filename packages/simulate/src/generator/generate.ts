import { ConfigError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { CaseInput } from "./case-input.ts";
import { Dice } from "./dice.ts";
import { drawValue } from "./draw.ts";
import { addFault } from "./faults.ts";
import type { InputModel, PackageModel } from "./input-model.ts";
import { toInputModel } from "./pack-model.ts";
import type { GeneratorPack } from "./pack-model.ts";
import { Pools } from "./pools.ts";
import { compileSchema } from "./schema-compile.ts";
import type { SchemaNode } from "./schema-node.ts";
import { ProbeOrder, probesOf } from "./sites.ts";
import { GENERATOR_VERSION } from "./version.ts";

export interface DrawOptions {
  /** A whole number from 0. */
  readonly seed: number;
  /** Inputs of each package, a whole number from 0. */
  readonly iterations: number;
  /** Only its package is drawn from, and only it is asked. */
  readonly entrypoint?: string;
}

export interface GenerateOptions extends DrawOptions {
  /** The other side of a diff: its boundary values are drawn too, its packages, and its schemas where they differ. */
  readonly other?: GeneratorPack;
}

/** Of ten inputs, seven probe a boundary, one is drawn freely, and two have faults. */
const ROUND = 10;
const PROBES = 7;
const FREE = 8;

/**
 * Random inputs of a pack: package by package in the order of their names, `iterations` of each. The same version of
 * the generator, pack, seed and iterations give the same inputs on every machine. Schemas are read before the first is
 * given. That an input means anything is not promised: two of ten hold faults.
 * @throws ConfigError SOURCE_INVALID for a schema that inputs cannot be drawn from, with the place
 * @throws ConfigError CONFIG_INVALID for a seed or a number of iterations out of range, or an entrypoint that is unknown
 */
export function generateInputs(pack: GeneratorPack, options: GenerateOptions): Iterable<CaseInput> {
  return drawInputs(toInputModel(pack, options.other), options);
}

/**
 * As `generateInputs`, from a model: what a baseline holds, so that a changed pack is asked the same questions.
 * @throws ConfigError SOURCE_INVALID | CONFIG_INVALID
 */
export function drawInputs(model: InputModel, options: DrawOptions): Iterable<CaseInput> {
  const { entrypoint } = options;
  checkNumber("seed", options.seed, Number.MAX_SAFE_INTEGER);
  checkNumber("iterations", options.iterations, SIMULATE_LIMITS.maxIterations);
  const isAsked = ({ package: path }: PackageModel): boolean =>
    entrypoint === undefined || entrypoint.slice(0, entrypoint.lastIndexOf("/")) === path;
  const asked = model.packages.filter(isAsked);
  if (entrypoint !== undefined && asked.length === 0) {
    throw new ConfigError("CONFIG_INVALID", `The pack has no package with the entrypoint ${entrypoint.slice(0, 200)}.`);
  }
  const drawings = asked.map((one) => new PackageDrawing(one, options.seed));
  return {
    *[Symbol.iterator]() {
      for (const drawing of drawings) {
        for (let index = 0; index < options.iterations; index++) {
          yield entrypoint === undefined ? drawing.draw(index) : { ...drawing.draw(index), entrypoint };
        }
      }
    },
  };
}

function checkNumber(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return;
  throw new ConfigError("CONFIG_INVALID", `The ${name} is ${value}; give a whole number from 0 to ${most}.`);
}

/** One schema with its probes. */
interface Source {
  readonly root: SchemaNode;
  readonly probes: ProbeOrder;
}

class PackageDrawing {
  readonly #path: string;
  readonly #seed: number;
  readonly #pools: Pools;
  readonly #sources: readonly Source[];

  constructor(model: PackageModel, seed: number) {
    this.#path = model.package;
    this.#seed = seed;
    this.#pools = new Pools(model);
    const schemas = model.schemas.length === 0 ? [true] : model.schemas;
    this.#sources = schemas.map((schema) => {
      const root = compileSchema(schema, `opa/schemas/${model.package}/input.json`);
      return { root, probes: new ProbeOrder(probesOf(root, this.#pools, this.#diceFor("probes"))) };
    });
  }

  /** Each input has dice of its own: it does not depend on those before it. */
  draw(index: number): CaseInput {
    const dice = this.#diceFor(index);
    const source = this.#sources[index % this.#sources.length];
    const input = source === undefined ? null : this.#drawFrom(source, Math.floor(index / this.#sources.length), dice);
    return { id: `random:${this.#path}:${index}`, package: this.#path, input, origin: "random" };
  }

  #diceFor(what: string | number): Dice {
    return new Dice(GENERATOR_VERSION, this.#seed, this.#path, what);
  }

  #drawFrom({ root, probes }: Source, turn: number, dice: Dice): JsonValue {
    const pools = this.#pools;
    const place = turn % ROUND;
    const round = Math.floor(turn / ROUND);
    if (place < PROBES) {
      const probe = probes.at(round * PROBES + place);
      return drawValue(root, { dice, pools, manner: "plain", ...(probe === undefined ? {} : { probe }) });
    }
    const drawn = drawValue(root, { dice, pools, manner: dice.chance(50) ? "plain" : "wild" });
    if (place < FREE) return drawn;
    const faulty = addFault(drawn, dice, pools);
    return dice.chance(25) ? addFault(faulty, dice, pools) : faulty;
  }
}
