import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { findTestOpa, withTempDir } from "@policy-pack/testkit";

import { BuiltinError } from "../../src/builtins/builtin.ts";
import type { BuiltinContext } from "../../src/builtins/builtin.ts";
import { parseJsonValue } from "../../src/builtins/encoding/go-json-parse.ts";
import { goJson } from "../../src/builtins/json/go-json.ts";
import { loadBuiltins } from "../../src/builtins/registry.ts";
import { isRegoArray, RegoObject } from "../../src/values/values.ts";
import type { RegoValue } from "../../src/values/values.ts";

/** 2026-06-01T12:00:00Z */
export const NOW = 1_780_315_200_000_000_000n;

/** What one decision has: its time, its own memory, and bytes that are the same in every run. */
export function testContext({ now = NOW }: { now?: bigint } = {}): BuiltinContext {
  const answers = new Map<string, unknown>();
  let calls = 0;
  return {
    now: () => now,
    randomBytes: (length) =>
      Uint8Array.from({ length }, (_, index) => createHash("sha256").update(`${calls++} ${index}`).digest()[0] ?? 0),
    once: (key, make) => {
      if (!answers.has(key)) answers.set(key, make());
      return answers.get(key) as ReturnType<typeof make>;
    },
    print: () => undefined,
    capabilities: {},
  };
}

/** The builtin's answer to operands, as its family gives it. */
export async function call(name: string, ...operands: readonly RegoValue[]): Promise<RegoValue> {
  return callWith(testContext(), name, ...operands);
}

export async function callWith(
  context: BuiltinContext,
  name: string,
  ...operands: readonly RegoValue[]
): Promise<RegoValue> {
  const builtin = (await loadBuiltins([name]))[name];
  if (builtin === undefined) throw new Error(`no family has ${name}`);
  return builtin(operands, context);
}

export type Call = readonly [name: string, ...operands: RegoValue[]];

/** Our answers as JSON text, "undefined" where the builtin reports an error. */
export async function ourAnswers(calls: readonly Call[]): Promise<string[]> {
  const answers: string[] = [];
  for (const [name, ...operands] of calls) {
    try {
      answers.push(goJson(await call(name, ...operands)));
    } catch (thrown) {
      if (!(thrown instanceof BuiltinError)) throw thrown;
      answers.push("undefined");
    }
  }
  return answers;
}

/** Stock OPA's answers to the same calls, all in one run; sets among the operands reach it as arrays. */
export async function opaAnswers(calls: readonly Call[]): Promise<string[]> {
  const arity = new Map(calls.map(([name, ...operands]) => [name, operands.length]));
  const rules = [...arity].map(([name, count]) => {
    const operands = Array.from({ length: count }, (_, index) => `c[${index + 1}]`).join(", ");
    return `answer(c) := {"value": value} if {\n\tc[0] == "${name}"\n\tvalue := ${name}(${operands})\n}\n`;
  });
  const policy = `package t\n\nanswers := [object.get({"a": a | a := answer(c)}, "a", "undefined") | some c in input]\n\n${rules.join("\n")}`;
  return withTempDir(async (dir) => {
    const [policyPath, inputPath] = [join(dir, "t.rego"), join(dir, "input.json")];
    await writeFile(policyPath, policy);
    await writeFile(inputPath, goJson(calls));
    const { stdout } = await promisify(execFile)(
      await findTestOpa(),
      ["eval", "--format=json", "--data", policyPath, "--input", inputPath, "data.t.answers"],
      { env: { ...process.env, TZ: "UTC" }, maxBuffer: 256 * 1024 * 1024 },
    );
    const answers = at(at(at(at(at(parseJsonValue(stdout), "result"), 0), "expressions"), 0), "value");
    if (!isRegoArray(answers)) throw new Error("stock OPA has no answers");
    return answers.map((answer) => (answer instanceof RegoObject ? goJson(at(answer, "value")) : "undefined"));
  });
}

function at(value: RegoValue, key: string | number): RegoValue {
  const found =
    value instanceof RegoObject
      ? value.entries.find(([name]) => name === key)?.[1]
      : (value as RegoValue[])[Number(key)];
  if (found === undefined) throw new Error(`stock OPA's answer has no ${key}`);
  return found;
}
