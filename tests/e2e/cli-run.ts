import { spawn } from "node:child_process";
import type { ChildProcess, StdioOptions } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { findTestOpa } from "@policy-pack/testkit";

const BIN = join(import.meta.dirname, "../../clients/cli/bin/policy-pack.js");

/** Variables of the machine that would change what a verb does. */
const SIGNING = /^(GITHUB_|ACTIONS_|SIGSTORE_|COSIGN_|NO_COLOR|FORCE_COLOR|HOST$|PORT$|MC_|NODE_OPTIONS|NODE_ENV)/;

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A file descriptor; a pipe unless given. */
  readonly stdout?: number;
}

export interface Cli {
  /** Runs the committed bin to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Runs it with --json and reads its one JSON object. */
  json(args: readonly string[], options?: RunOptions): Promise<Finished & { readonly answer: unknown }>;
  /** Starts it and leaves it running. */
  start(args: readonly string[], options?: RunOptions): ChildProcess;
}

/** The real command with `cwd` as working folder, this Node and the pinned OPA on PATH. */
export async function createCli(cwd: string): Promise<Cli> {
  const path = [dirname(await findTestOpa()), process.env["PATH"] ?? ""].join(delimiter);
  const inherited = Object.entries(process.env).filter(([name]) => !SIGNING.test(name));
  const base = { ...Object.fromEntries(inherited), PATH: path };

  const start = (args: readonly string[], { env = {}, stdin, stdout }: RunOptions = {}): ChildProcess => {
    const stdio: StdioOptions = ["pipe", stdout ?? "pipe", "pipe"];
    const child: ChildProcess = spawn(process.execPath, [BIN, ...args], { cwd, env: { ...base, ...env }, stdio });
    // A command that fails early leaves its stdin unread.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
    return child;
  };
  const run = async (args: readonly string[], options?: RunOptions): Promise<Finished> => {
    const child = start(args, options);
    const output = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    const { status, signal } = await ended(child);
    const [stdout, stderr] = await output;
    return { status, signal, stdout, stderr };
  };
  const json = async (args: readonly string[], options?: RunOptions): Promise<Finished & { answer: unknown }> => {
    const finished = await run([...args, "--json"], options);
    return { ...finished, answer: JSON.parse(finished.stdout) };
  };
  return { run, json, start };
}

export async function ended(child: ChildProcess): Promise<{ status: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => {
      resolve({ status, signal });
    });
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const piece of stream ?? []) text += piece.toString();
  return text;
}

/** What a running command has printed on stdout once that matches. */
export async function waitForOutput(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (piece: Buffer) => {
      text += piece.toString();
      if (pattern.test(text)) resolve(text);
    });
    child.once("close", () => {
      reject(new Error(`it ended after printing: ${text}`));
    });
  });
}
