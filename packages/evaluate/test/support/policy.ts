import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { PackContents } from "@policy-pack/pack";
import { compilePack, findTestOpa, withTempDir } from "@policy-pack/testkit";

import { createInstance } from "../../src/index.ts";
import type { InstanceOptions, PolicyInstance } from "../../src/index.ts";

/** 2026-06-01T12:00:00Z */
export const NOW = 1_780_315_200_000_000_000n;

const ENTRYPOINT = "# METADATA\n# entrypoint: true\n";

/** A package `t` whose rules named in `entrypoints` are asked; a line with `@` before a rule marks it. */
export function moduleText(rules: string): string {
  return `package t\n\n${rules.replaceAll("@", ENTRYPOINT)}\n`;
}

const compiled = new Map<string, Promise<PackContents>>();

/** Compiled once a test file. */
export function compileRules(rules: string, data?: unknown): Promise<PackContents> {
  const key = JSON.stringify([rules, data]);
  let contents = compiled.get(key);
  if (contents === undefined) compiled.set(key, (contents = compile(rules, data)));
  return contents;
}

async function compile(rules: string, data: unknown): Promise<PackContents> {
  const documents: Record<string, string> = data === undefined ? {} : { "data/data.json": JSON.stringify(data) };
  const { contents } = await compilePack({ "opa/t/t.rego": moduleText(rules), ...documents });
  return contents;
}

export async function loadRules(
  rules: string,
  options: InstanceOptions & { data?: unknown } = {},
): Promise<PolicyInstance> {
  const { data, ...rest } = options;
  return createInstance(await compileRules(rules, data), { now: () => NOW, ...rest });
}

/** What stock OPA says on `data.t.<rule>`; undefined where it has no result. */
export async function opaEval(rules: string, rule: string, input: unknown, data?: unknown): Promise<unknown> {
  const question = { rule, input: JSON.stringify(input), data: JSON.stringify(data ?? {}) };
  const answer = JSON.parse(await runOpa("json", rules, question)) as {
    result?: [{ expressions: [{ value: unknown }] }];
  };
  return answer.result?.[0].expressions[0].value;
}

/** The same as JSON text, when it is a list or an object. */
export async function opaEvalText(rules: string, rule: string, input = "null"): Promise<string> {
  return (await runOpa("raw", rules, { rule, input, data: "{}" })).replace(/\n$/, "");
}

interface OpaQuestion {
  readonly rule: string;
  /** Both as JSON. */
  readonly input: string;
  readonly data: string;
}

function runOpa(format: "json" | "raw", rules: string, { rule, input, data }: OpaQuestion): Promise<string> {
  return withTempDir(async (dir) => {
    const [policyPath, inputPath, dataPath] = [join(dir, "t.rego"), join(dir, "input.json"), join(dir, "data.json")];
    await writeFile(policyPath, moduleText(rules));
    await writeFile(inputPath, input);
    await writeFile(dataPath, data);
    const { stdout } = await promisify(execFile)(
      await findTestOpa(),
      ["eval", `--format=${format}`, "--data", policyPath, "--data", dataPath, "--input", inputPath, `data.t.${rule}`],
      { env: { ...process.env, TZ: "UTC" }, maxBuffer: 256 * 1024 * 1024 },
    );
    return stdout;
  });
}
