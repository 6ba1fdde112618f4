import { ConfigError, FormatError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { drawInputs, packageOf, toInputModel } from "@policy-pack/simulate";
import type { CaseInput, GeneratorPack, InputModel } from "@policy-pack/simulate";

/** A package, the entrypoints of it, and what they are asked about. */
export interface QuestionGroup {
  readonly package: string;
  readonly entrypoints: readonly string[];
  readonly inputs: readonly GivenInput[];
}

export interface GivenInput {
  /** `case:<name>` of a recorded case, or `random:<package>:<number>`. */
  readonly id: string;
  readonly input: JsonValue;
}

const CASE = "case:";

/** Whether an input was written down, and not drawn. */
export function isRecorded({ id }: GivenInput): boolean {
  return id.startsWith(CASE);
}

/** What could not be asked, and why. */
export interface NotCompared {
  readonly name: string;
  readonly why: string;
}

export interface DrawnQuestions {
  readonly groups: readonly QuestionGroup[];
  readonly notCompared: readonly NotCompared[];
}

export interface DrawOptions {
  readonly seed: number;
  /** Random inputs of each package. */
  readonly inputs: number;
  readonly cases: readonly CaseInput[];
}

/**
 * Every entrypoint with the inputs that it is asked about: the recorded cases of its package, whichever entrypoint they are
 * about, then random ones. A package whose schema cannot be drawn from is asked its cases alone, and named.
 * @throws ConfigError CONFIG_INVALID for a seed or a number of inputs that is out of range
 */
export function drawQuestions(pack: GeneratorPack, { seed, inputs, cases }: DrawOptions): DrawnQuestions {
  const notCompared: NotCompared[] = [];
  const models = modelsOf(pack, notCompared);
  const groups = [...byPackage(pack.entrypoints)].map(([path, entrypoints]): QuestionGroup => {
    const recorded = cases
      .filter((one) => one.package === path)
      .map(({ id, input }) => ({ id: `${CASE}${id}`, input }));
    const drawn = draw(models.get(path), { seed, iterations: inputs }, notCompared);
    return { package: path, entrypoints, inputs: [...recorded, ...drawn] };
  });
  return { groups, notCompared: [...notCompared, ...strayCases(pack, cases)] };
}

/** Cases that no entrypoint is asked about. */
function strayCases({ entrypoints }: GeneratorPack, cases: readonly CaseInput[]): readonly NotCompared[] {
  const packages = byPackage(entrypoints);
  return cases
    .filter((one) => !packages.has(one.package))
    .map(({ id }) => ({ name: `${CASE}${id}`, why: "no entrypoint of the pack is in its package" }));
}

function draw(
  model: InputModel | undefined,
  options: { readonly seed: number; readonly iterations: number },
  notCompared: NotCompared[],
): readonly GivenInput[] {
  if (model === undefined) return [];
  try {
    return Array.from(drawInputs(model, options), ({ id, input }) => ({ id, input }));
  } catch (thrown) {
    notCompared.push({ name: `random inputs of ${model.packages[0]?.package ?? ""}`, why: sourceProblem(thrown) });
    return [];
  }
}

/** One model a package, so that a schema that cannot be drawn from stops no other. */
function modelsOf(pack: GeneratorPack, notCompared: NotCompared[]): ReadonlyMap<string, InputModel> {
  try {
    const { packages } = toInputModel(pack);
    return new Map(packages.map((one) => [one.package, { packages: [one] }]));
  } catch (thrown) {
    notCompared.push({ name: "random inputs", why: sourceProblem(thrown) });
    return new Map();
  }
}

/** What a source has that inputs cannot be drawn from; anything else goes on. */
function sourceProblem(thrown: unknown): string {
  const isSource = thrown instanceof FormatError || (thrown instanceof ConfigError && thrown.code === "SOURCE_INVALID");
  if (isSource) return thrown.message;
  throw thrown;
}

function byPackage(entrypoints: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  for (const entrypoint of entrypoints) {
    const path = packageOf(entrypoint);
    packages.set(path, [...(packages.get(path) ?? []), entrypoint]);
  }
  return packages;
}
