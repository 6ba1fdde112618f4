import { ConfigError, isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonValue, PackContents } from "@policy-pack/pack";
import { byPackage } from "../decide/decider.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { BoundaryNumber, BoundaryText, InputModel, PackageModel } from "./input-model.ts";
import { readRegoLiterals } from "./rego-literals.ts";
import type { RegoLiterals } from "./rego-literals.ts";
import { sharesOf } from "./shares.ts";

/** What the generator reads of a pack. */
export type GeneratorPack = Pick<PackContents, "entrypoints" | "files" | "data">;

/**
 * What inputs of a pack are drawn from: for each package with entrypoints its input schema, and the numbers and texts
 * that stand in its Rego, in Rego of packages without entrypoints or that it reads, and in the data that these read. With another pack
 * beside it (the other side of a diff) the values of both are taken, and its schema where it differs.
 * @throws ConfigError SOURCE_INVALID for a schema that is no JSON or too large
 */
export function toInputModel(pack: GeneratorPack, other?: GeneratorPack): InputModel {
  const models = other === undefined ? [modelsOf(pack)] : [modelsOf(pack), modelsOf(other)];
  const packages = new Map<string, PackageModel>();
  for (const model of models.flat()) {
    const present = packages.get(model.package);
    packages.set(model.package, present === undefined ? model : join(present, model));
  }
  return { packages: [...packages.values()].sort(byName) };
}

function byName(left: PackageModel, right: PackageModel): number {
  return left.package < right.package ? -1 : 1;
}

function modelsOf(pack: GeneratorPack): readonly PackageModel[] {
  const modules = regoOf(pack).map((bytes) => readRegoLiterals(Buffer.from(bytes).toString("utf8")));
  const packages = byPackage(pack.entrypoints);
  return [...packages.keys()].map((path) => {
    const shared = modules.filter((module) => module.package === path || !packages.has(module.package));
    return toPackageModel(path, withRead(shared, modules), pack);
  });
}

/** Whether a path in `data` is a package, leads into it, or holds it. */
function isInto(path: readonly string[], packagePath: readonly string[]): boolean {
  return packagePath.every((name, index) => index >= path.length || name === path[index]);
}

/** With the modules that these read, and those that they read: a threshold may stand in another package with entrypoints. */
function withRead(read: readonly RegoLiterals[], modules: readonly RegoLiterals[]): readonly RegoLiterals[] {
  const found = new Set(read);
  // Grows while it is walked.
  for (const { dataPaths } of found) {
    for (const module of modules) {
      if (dataPaths.some((path) => isInto(path, module.package.split("/")))) found.add(module);
    }
  }
  return modules.filter((module) => found.has(module));
}

function regoOf({ files }: GeneratorPack): readonly Uint8Array[] {
  const texts = [...files]
    .filter(([path]) => path.startsWith("opa/") && path.endsWith(".rego") && !path.endsWith("_test.rego"))
    .map(([, bytes]) => bytes);
  const size = texts.reduce((sum, bytes) => sum + bytes.byteLength, 0);
  if (size <= SIMULATE_LIMITS.maxRegoBytes) return texts;
  throw new ConfigError(
    "SOURCE_INVALID",
    `The pack's Rego has ${size} bytes; literals are read from at most ${SIMULATE_LIMITS.maxRegoBytes}.`,
  );
}

function toPackageModel(path: string, modules: readonly RegoLiterals[], pack: GeneratorPack): PackageModel {
  const schema = readSchema(path, pack);
  const leaves = { numbers: [] as BoundaryNumber[], texts: [] as BoundaryText[] };
  for (const dataPath of outermost(modules.flatMap(({ dataPaths }) => dataPaths))) {
    collectLeaves(valueAt(pack.data, dataPath), dataPath, leaves);
  }
  const numbers = [...leaves.numbers, ...sharesOf(leaves.numbers), ...modules.flatMap((module) => module.numbers)];
  return {
    package: path,
    schemas: schema === undefined ? [] : [schema],
    numbers: thin(unique(numbers.filter(({ value }) => Number.isFinite(value)))),
    texts: thin(unique([...leaves.texts, ...modules.flatMap(({ texts }) => texts)].filter(isUsable))),
  };
}

function readSchema(path: string, { files }: GeneratorPack): JsonValue | undefined {
  const file = `opa/schemas/${path}/input.json`;
  const bytes = files.get(file);
  if (bytes === undefined) return undefined;
  if (bytes.byteLength > SIMULATE_LIMITS.maxSchemaBytes) {
    throw new ConfigError(
      "SOURCE_INVALID",
      `${file} has ${bytes.byteLength} bytes; at most ${SIMULATE_LIMITS.maxSchemaBytes} are read.`,
    );
  }
  return parseJson(bytes, { maxBytes: SIMULATE_LIMITS.maxSchemaBytes, code: "SOURCE_INVALID", what: file });
}

/** Paths without those that another one holds. */
function outermost(paths: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const sorted = new Map(paths.map((path) => [JSON.stringify(path), path]));
  const all = [...sorted.values()];
  const holds = (outer: readonly string[], inner: readonly string[]): boolean =>
    outer.length < inner.length && outer.every((name, index) => name === inner[index]);
  return all.filter((path) => !all.some((other) => holds(other, path)));
}

function valueAt(data: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = data;
  for (const name of path) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

function collectLeaves(
  value: JsonValue | undefined,
  names: readonly string[],
  into: { readonly numbers: BoundaryNumber[]; readonly texts: BoundaryText[] },
): void {
  if (typeof value === "number") into.numbers.push({ value, names });
  else if (typeof value === "string") into.texts.push({ value, names });
  else if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) collectLeaves(item, names, into);
  else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      into.texts.push({ value: name, names });
      collectLeaves(member, [...names, name], into);
    }
  }
}

/** U+0000 and half of a surrogate pair, which no input holds. */
const UNWRITABLE = /[\p{Surrogate}\0]/u;

/** A text that an input can hold and somebody would write. */
function isUsable({ value }: BoundaryText): boolean {
  return value.length <= SIMULATE_LIMITS.maxBoundaryLength && !UNWRITABLE.test(value);
}

/** One entry a value, with all names that it stands under. */
function unique<Item extends BoundaryNumber | BoundaryText>(items: readonly Item[]): readonly Item[] {
  const byValue = new Map<number | string, Item>();
  for (const item of items) {
    const present = byValue.get(item.value);
    const names = present === undefined ? item.names : [...new Set([...present.names, ...item.names])];
    byValue.set(item.value, { ...item, names });
  }
  return [...byValue.values()];
}

/** Every n-th of too many. */
function thin<Item>(items: readonly Item[]): readonly Item[] {
  const step = Math.ceil(items.length / SIMULATE_LIMITS.maxBoundaries);
  return step <= 1 ? items : items.filter((_item, index) => index % step === 0);
}

function join(left: PackageModel, right: PackageModel): PackageModel {
  const schemas = new Map([...left.schemas, ...right.schemas].map((schema) => [JSON.stringify(schema), schema]));
  return {
    package: left.package,
    schemas: [...schemas.values()],
    numbers: joinValues(left.numbers, right.numbers),
    texts: joinValues(left.texts, right.texts),
  };
}

function joinValues<Item extends BoundaryNumber | BoundaryText>(
  left: readonly Item[],
  right: readonly Item[],
): readonly Item[] {
  const [before, after] = [left, right].map((items) => new Set(items.map(({ value }) => value)));
  const joined = thin(unique([...left, ...right]));
  return joined.map((item) =>
    before?.has(item.value) === after?.has(item.value) ? item : { ...item, changed: true as const },
  );
}
