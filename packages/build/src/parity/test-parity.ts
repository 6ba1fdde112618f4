import { join } from "node:path";
import { ConfigError, exactJsonOf, quotePath } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";
import { buildModule, isCompiled } from "../module-build.ts";
import type { CompiledModule } from "../opa-archive.ts";
import { opaMessage, runOpa } from "../opa-run.ts";
import type { OpaRun } from "../opa-run.ts";
import { readRequires } from "../requires.ts";
import { listAt, parseExact, printExact } from "./exact-json.ts";
import { ModuleAsker } from "./module-asker.ts";
import type { AskOptions } from "./module-asker.ts";
import type { NotCompared } from "./questions.ts";
import { compareTest } from "./test-outcomes.ts";
import type { TestDifference, TestRule } from "./test-outcomes.ts";

export interface TestSource {
  readonly run: OpaRun;
  readonly output: string;
  /** Rego, tests included; relative to where OPA runs. */
  readonly rego: readonly string[];
  readonly data: JsonObject;
  /** What OPA said of them. */
  readonly rules: readonly TestRule[];
}

export interface TestParity {
  /** Test rules that both decided. */
  readonly compared: number;
  readonly notCompared: readonly NotCompared[];
  readonly differences: readonly TestDifference[];
}

/**
 * Compiles the tests, as the policies are, to a module that is not shipped, and runs them there. Tests that OPA does not
 * compile are named, package by package.
 * @throws ConfigError TOOL_FAILED, the signal's reason when aborted
 */
export async function compareTests(source: TestSource, options: AskOptions): Promise<TestParity> {
  const { rules } = source;
  const runnable = rules.filter(({ path }) => !path.some((segment) => segment.includes("/")));
  const unnamed = rules.filter((rule) => !runnable.includes(rule));
  const why = "its name has a slash, which no entrypoint can name";
  const parity = await compareOrSplit(source, runnable, options);
  return { ...parity, notCompared: [...unnamed.map(({ name }) => ({ name, why })), ...parity.notCompared] };
}

async function compareOrSplit(
  source: TestSource,
  rules: readonly TestRule[],
  options: AskOptions,
): Promise<TestParity> {
  if (rules.length === 0) return { compared: 0, notCompared: [], differences: [] };
  const compiled = await compileTests(source, rules, options);
  if (typeof compiled !== "string") return compiled;
  const packages = byPackage(rules);
  if (packages.length === 1) {
    const notCompared = rules.map(({ name }) => ({ name, why: compiled }));
    return { compared: 0, notCompared, differences: [] };
  }
  const parts: TestParity[] = [];
  for (const part of packages) parts.push(await compareOrSplit(source, part, options));
  return {
    compared: parts.reduce((sum, { compared }) => sum + compared, 0),
    notCompared: parts.flatMap(({ notCompared }) => notCompared),
    differences: parts.flatMap(({ differences }) => differences),
  };
}

function byPackage(rules: readonly TestRule[]): readonly (readonly TestRule[])[] {
  const packages = new Map<string, TestRule[]>();
  for (const rule of rules) {
    const key = JSON.stringify(rule.path.slice(0, -1));
    packages.set(key, [...(packages.get(key) ?? []), rule]);
  }
  return [...packages.values()];
}

/** Why not, as a text, when they cannot be. */
async function compileTests(
  source: TestSource,
  rules: readonly TestRule[],
  options: AskOptions,
): Promise<TestParity | string> {
  const { run, output, rego } = source;
  const entrypoints = rules.map(({ path }) => path.join("/"));
  const built = await buildModule(run, join(output, "tests.tar.gz"), { rego, entrypoints, includesPrint: false });
  if (!isCompiled(built)) return `OPA does not compile it: ${quotePath(opaMessage(built))}`;
  try {
    return await runTests(source, { rules, built, options });
  } catch (thrown) {
    if (thrown instanceof ConfigError && thrown.code === "SOURCE_INVALID") return thrown.message;
    throw thrown;
  }
}

async function runTests(
  { run, data }: TestSource,
  {
    rules,
    built,
    options,
  }: { readonly rules: readonly TestRule[]; readonly built: CompiledModule; readonly options: AskOptions },
): Promise<TestParity> {
  const { wasm, entrypoints } = built;
  const { builtins } = await readRequires(wasm);
  const runtime = builtins.includes("opa.runtime") ? await readRuntime(run) : "{}";
  const surroundings = { nowNs: undefined, isFixed: false, runtime };
  const asker = new ModuleAsker(
    { wasm, data: exactJsonOf(data) ?? JSON.stringify(data), entrypoints, surroundings },
    options,
  );
  try {
    const differences: TestDifference[] = [];
    let timeouts = 0;
    for (const [index, rule] of rules.entries()) {
      const answer = await asker.ask({ entrypoint: rule.path.join("/"), input: undefined });
      differences.push(...compareTest(rule, answer));
      if (answer.kind !== "timeout" || ++timeouts < BUILD_LIMITS.maxTestTimeouts) continue;
      const notCompared = rules.slice(index + 1).map(({ name }) => ({ name, why: "tests before it did not end" }));
      return { compared: index + 1, notCompared, differences };
    }
    return { compared: rules.length, notCompared: [], differences };
  } finally {
    asker.close();
  }
}

/** What `opa.runtime` answers where the tests ran. */
async function readRuntime(run: OpaRun): Promise<string> {
  const { stdout } = await runOpa(run, ["eval", "--format", "json", "[opa.runtime()]"]);
  const [runtime] = listAt(parseExact(stdout), ["result", 0, "expressions", 0, "value"]) ?? [];
  return printExact(runtime ?? {});
}
