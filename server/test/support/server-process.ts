import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const MAIN = join(import.meta.dirname, "../../dist/main.js");

/** The server as a process of its own, as it is run in production. */
export interface ServerProcess {
  readonly url: string;
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
  /** What it wrote to stderr, once it ended. */
  readonly stderr: Promise<string>;
}

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Of a user that it is to run as; only root may say so. */
  readonly uid?: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function spawnServer({ env, uid }: ProcessOptions): Child {
  return spawn(process.execPath, [MAIN], {
    env: { PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

export async function startProcess(options: ProcessOptions): Promise<ServerProcess> {
  const child = spawnServer(options);
  const stderr = text(child.stderr);
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, "line"), ended.then(async () => [await stderr])])) as [string];
  const url = /http:\/\/[^ "]+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the server did not start: ${line}`);
  return {
    url,
    stderr,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Of a server that is expected not to start: its exit status and what it wrote to stderr. */
export async function runProcess(
  options: ProcessOptions,
): Promise<{ readonly status: number; readonly stderr: string }> {
  const child = spawnServer(options);
  child.stdout.resume();
  const ended = once(child, "exit") as Promise<[number | null]>;
  const [stderr, [status]] = await Promise.all([text(child.stderr), ended]);
  return { status: Number(status), stderr };
}
