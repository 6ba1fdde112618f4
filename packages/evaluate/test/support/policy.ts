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
export async function opaEval(rules: string, rule: string, input: unknown): Promise<unknown> {
  return withTempDir(async (dir) => {
    const [policyPath, inputPath] = [join(dir, "t.rego"), join(dir, "input.json")];
    await writeFile(policyPath, moduleText(rules));
    await writeFile(inputPath, JSON.stringify(input));
    const { stdout } = await promisify(execFile)(
      await findTestOpa(),
      ["eval", "--format=json", "--data", policyPath, "--input", inputPath, `data.t.${rule}`],
      { env: { ...process.env, TZ: "UTC" }, maxBuffer: 256 * 1024 * 1024 },
    );
    const answer = JSON.parse(stdout) as { result?: [{ expressions: [{ value: unknown }] }] };
    return answer.result?.[0].expressions[0].value;
  });
}
