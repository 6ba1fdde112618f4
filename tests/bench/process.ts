import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Contender } from "./measure.ts";
import { SEARCH_PATH } from "./tools.ts";
import type { Tools } from "./tools.ts";

const START_MS = 20_000;
const ENVIRONMENT = { ...process.env, PATH: SEARCH_PATH, NO_COLOR: "1" };

export type Command = readonly [program: string, ...args: string[]];

/** Where there are two cores and `taskset`, servers run on the first and their load on the second. */
export function isPinned({ taskset }: Tools): boolean {
  return taskset !== undefined && cpus().length > 1;
}

export function pinned(tools: Tools, core: 0 | 1, command: Command): Command {
  const { taskset } = tools;
  return taskset === undefined || !isPinned(tools) ? command : [taskset, "--cpu-list", String(core), ...command];
}

/** A contender that is one whole process, from start to exit with status 0. */
export function wholeProcess(name: string, [program, ...args]: Command, cwd: string): Contender {
  return {
    name,
    run: () => {
      const started = process.hrtime.bigint();
      const { status, error, stdout, stderr } = spawnSync(program, args, {
        cwd,
        env: ENVIRONMENT,
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
      });
      const took = Number(process.hrtime.bigint() - started) / 1e6;
      if (error !== undefined) throw error;
      if (status !== 0) throw new Error(`${name} ended with status ${status ?? "none"}: ${stderr}${stdout}`);
      return took;
    },
  };
}

/** Runs to the end and returns what it printed; for what is not measured by itself. */
export function outputOf([program, ...args]: Command, cwd?: string): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, env: ENVIRONMENT, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with status ${status ?? "none"}: ${stderr}`);
  return stdout;
}

/** Runs to the end and returns what it printed on stderr. */
export function errorsOf([program, ...args]: Command, cwd: string, env: Readonly<Record<string, string>>): string {
  const options = { cwd, env: { ...ENVIRONMENT, ...env }, encoding: "utf8" } as const;
  const { status, error, stderr } = spawnSync(program, args, options);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with status ${status ?? "none"}: ${stderr}`);
  return stderr;
}

export interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts a server as a process of its own and waits until `url` answers 200; `stop` ends exactly that process. */
export async function startServer([program, ...args]: Command, url: string, cwd: string): Promise<Server> {
  const child = spawn(program, args, { cwd, env: ENVIRONMENT, stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4_000)));
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      complaint += error.message;
      resolve();
    });
    child.once("close", () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  try {
    await waitFor(url, child);
  } catch (cause) {
    await stop();
    throw new Error(`${program} did not answer on ${url}: ${complaint}`, { cause });
  }
  return { url, stop };
}

async function waitFor(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with status ${child.exitCode}`);
    try {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    if (Date.now() > until) throw new Error("it never answered 200");
    await delay(20);
  }
}

/** A loopback port that was free just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
