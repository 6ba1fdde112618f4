import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { createInstance, toPlainJson } from "@policy-pack/evaluate";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { FormatError, isJsonObject, packPaths } from "@policy-pack/pack";
import type { JsonObject, JsonValue, PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";

export const SOURCE = packPaths(".", "policy-pack-v0").source;

/** What `time.now_ns` is in these tests: 2026-01-01T00:00:00Z, in nanoseconds. */
export const NOW = 1_767_225_600_000_000_000n;

/** One change of one file that a law must notice: `from` stands in it exactly once. */
export interface Mutant {
  readonly what: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** A compiled pack that answers, with its own data or with other data in its place. */
export interface Policy {
  readonly contents: PackContents;
  readonly instance: PolicyInstance;
}

/** The pack's policies, schemas and data, without the Rego tests: a mutant would not pass those. */
export async function readPolicySource(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const folder of ["opa", "data"]) {
    for (const item of await readdir(join(SOURCE, folder), { recursive: true, withFileTypes: true })) {
      if (!item.isFile() || item.name.endsWith("_test.rego")) continue;
      const at = join(item.parentPath, item.name);
      files[at.slice(SOURCE.length + 1).replaceAll(sep, "/")] = await readFile(at, "utf8");
    }
  }
  return files;
}

export async function compilePolicy(files: Readonly<Record<string, string>>): Promise<Policy> {
  const { contents } = await compilePack(files, { packId: "policy-pack-v0" });
  return { contents, instance: await createInstance(contents, { now: () => NOW }) };
}

export function mutate(files: Readonly<Record<string, string>>, { path, from, to }: Mutant): Record<string, string> {
  const parts = (files[path] ?? "").split(from);
  if (parts.length !== 2) throw new Error(`${path} must hold the text to change exactly once: ${from}`);
  return { ...files, [path]: parts.join(to) };
}

/** The same policy over other data: `config` replaces data.config.<name>. */
export function withConfig({ contents }: Policy, name: string, config: JsonValue): Promise<PolicyInstance> {
  const data = { config: { ...configOf(contents), [name]: config } };
  return createInstance({ ...contents, data }, { now: () => NOW });
}

export function shippedConfig({ contents }: Policy, name: string): JsonObject {
  return objectOf(configOf(contents)[name]);
}

export function ask(instance: PolicyInstance, entrypoint: string, input: unknown): JsonValue {
  return toPlainJson(instance.decide(input, entrypoint).value);
}

/** The answer, or "refused" for a text that the host does not carry into the module: one with U+0000 in it. */
export function askOrRefuse(instance: PolicyInstance, entrypoint: string, input: unknown): JsonValue {
  try {
    return ask(instance, entrypoint, input);
  } catch (thrown) {
    if (thrown instanceof FormatError && thrown.code === "INPUT_INVALID") return "refused";
    throw thrown;
  }
}

/** The codes of a package's reasons, sorted as they are. */
export function codesOf(instance: PolicyInstance, name: string, input: unknown): readonly string[] {
  const reasons = ask(instance, `cos/${name}/reasons`, input) as readonly JsonObject[];
  return reasons.map((reason) => JSON.stringify(reason["code"]));
}

function configOf(contents: PackContents): JsonObject {
  return objectOf(objectOf(contents.data)["config"]);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  if (!isJsonObject(value)) throw new Error("the pack's data is not laid out as expected");
  return value;
}
