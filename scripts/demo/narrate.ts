import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify, styleText } from "node:util";

/** One step of the demo. `run` returns the lines that tell what was seen; `proves` says why it matters. */
export interface Step {
  readonly title: string;
  readonly proves: string;
  readonly run: (stage: Stage) => Promise<readonly string[]>;
}

/** What a step may use: the command, a server that lives until the demo ends, and notes for later steps. */
export interface Stage {
  /** Runs `policy-pack …ARGS --json`; returns what it printed and its exit code. */
  readonly policyPack: (...args: readonly string[]) => Promise<{ answer: Answer; exitCode: number }>;
  /** Starts `policy-pack serve` on a free port of loopback and returns its address. */
  readonly serve: () => Promise<string>;
  readonly notes: Map<string, string>;
}

export type Answer = Readonly<Record<string, unknown>>;

const COMMAND = ["--no-install", "policy-pack"];
const run = promisify(execFile);

async function policyPack(...args: readonly string[]): Promise<{ answer: Answer; exitCode: number }> {
  try {
    const { stdout } = await run("npx", [...COMMAND, ...args, "--json"]);
    return { answer: JSON.parse(stdout) as Answer, exitCode: 0 };
  } catch (failure) {
    const { stdout, code } = failure as { stdout?: string; code?: number | string };
    if (typeof code !== "number" || stdout === undefined) throw failure;
    return { answer: JSON.parse(stdout) as Answer, exitCode: code };
  }
}

async function serve(servers: ChildProcess[]): Promise<string> {
  const server = spawn(process.execPath, ["clients/cli/bin/policy-pack.js", "serve", "--port", "0", "--json"], {
    env: { ...process.env, MC_INLINE_BUNDLE: "true" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  servers.push(server);
  let printed = "";
  for await (const line of createInterface({ input: server.stdout })) {
    printed += line;
    if (line !== "}") continue;
    const { url } = JSON.parse(printed) as { url: string };
    return url;
  }
  throw new Error("policy-pack serve ended before it listened");
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
}

const style = (format: "bold" | "dim" | "green", text: string): string =>
  styleText(format, text, { stream: process.stdout, validateStream: true });

/** Runs the steps in order and tells each; the first failure ends the demo with exit code 1. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const servers: ChildProcess[] = [];
  const stage: Stage = { policyPack, serve: () => serve(servers), notes: new Map() };
  const started = performance.now();
  try {
    for (const [index, step] of steps.entries()) {
      const before = performance.now();
      console.log(style("bold", `\n${index + 1}. ${step.title}`));
      const lines = await step.run(stage);
      for (const line of lines) console.log(`   ${line}`);
      console.log(`   ${style("green", "proved:")} ${step.proves}`);
      console.log(style("dim", `   took ${(performance.now() - before).toFixed(0)} ms`));
    }
    console.log(`\nThe whole path took ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  } finally {
    await Promise.all(servers.map(stop));
  }
}
