import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "./workflow-files.ts";

/** What a context such as `steps.build.outputs.digest` or `github.token` is; what is not there is empty, as on GitHub. */
export type Contexts = Record<string, string>;

export interface StepRun {
  readonly status: number | null;
  readonly output: string;
  readonly summary: string;
}

export interface Runner {
  readonly cwd: string;
  /** Empty; where the runner keeps its own files. */
  readonly temp: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs one step's shell as GitHub's runner does: by the same bash, with the files that outputs and summaries go to, and
 * with expressions resolved in the environment alone. Outputs land in the contexts as `steps.<id>.outputs.<name>`.
 */
export async function runStep(step: Step, contexts: Contexts, runner: Runner): Promise<StepRun> {
  const folder = await mkdtemp(join(runner.temp, "step-"));
  const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary", GITHUB_PATH: "path", GITHUB_ENV: "env" };
  const places = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(folder, file)]));
  for (const file of Object.values(places)) await writeFile(file, "");
  const script = join(folder, "script.sh");
  await writeFile(script, step.run ?? "");
  const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, resolve(value, contexts)]);
  const shell = step.shell === "bash" ? ["--noprofile", "--norc", "-e", "-o", "pipefail"] : ["-e"];
  const env = { ...runner.env, ...places, RUNNER_TEMP: runner.temp, ...(Object.fromEntries(own) as Contexts) };
  const child = spawn("bash", [...shell, script], { cwd: runner.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece: Buffer) => (output += piece.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  for (const line of (await readFile(join(folder, "output"), "utf8")).split("\n")) {
    const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && step.id !== undefined) contexts[`steps.${step.id}.outputs.${name}`] = value ?? "";
  }
  return { status, output, summary: await readFile(join(folder, "summary"), "utf8") };
}

/** Whether GitHub would run the step, when none before it failed. */
export function isReached(step: Step, contexts: Contexts): boolean {
  return step.if === undefined || evaluate(step.if, contexts) !== "";
}

/** A value with `${{ }}` in it. */
export function resolve(value: string, contexts: Contexts): string {
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, contexts));
}

/** The part of GitHub's expressions that is used here: `||`, `&&`, `==`, texts, contexts and `always()`. Empty is false. */
function evaluate(expression: string, contexts: Contexts): string {
  const either = expression.split("||");
  if (either.length > 1) return either.map((part) => evaluate(part, contexts)).find((part) => part !== "") ?? "";
  const both = expression.split("&&").map((part) => compare(part, contexts));
  return both.includes("") ? "" : (both.at(-1) ?? "");
}

function compare(expression: string, contexts: Contexts): string {
  const [left = "", right] = expression.split("==").map((side) => term(side.trim(), contexts));
  if (right === undefined) return left;
  return left === right ? "true" : "";
}

function term(text: string, contexts: Contexts): string {
  if (text === "always()") return "true";
  const quoted = /^'([^']*)'$/.exec(text)?.[1];
  if (quoted === undefined && !/^[\w.-]+$/.test(text))
    throw new TypeError(`an expression that is not known here: ${text}`);
  return quoted ?? contexts[text] ?? "";
}
