import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const HERE = import.meta.dirname;
const BIN = join(HERE, "../../clients/cli/bin/policy-pack.js");

/** Variables of the machine that would change what a command does. */
const FOREIGN = /^(GITHUB_|ACTIONS_|SIGSTORE_|COSIGN_|POLICY_PACK_|MC_|HOST$|PORT$|NODE_ENV$|NODE_OPTIONS$)/;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The demo's processes. Each ends with the demo: those that stay are told by the end of their standard input. */
export class Crew {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #staying = new Set<ChildProcess>();
  readonly #env: Readonly<NodeJS.ProcessEnv> = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
    COSIGN_PASSWORD: randomUUID(),
  };

  /** Commands run in the folder, and are stopped by the signal. */
  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** Runs `policy-pack ARG…` to its end, with these variables besides its own. */
  async policyPack(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    this.#signal.throwIfAborted();
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: this.#folder,
      env: { ...this.#env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stop = (): void => void child.kill("SIGTERM");
    this.#signal.addEventListener("abort", stop);
    const [[exitCode], stdout, stderr] = await Promise.all([
      once(child, "close") as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    this.#signal.removeEventListener("abort", stop);
    this.#signal.throwIfAborted();
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  /** Runs a command that must succeed and gives its --json answer. */
  async answerOf(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const { exitCode, stdout, stderr } = await this.policyPack([...args, "--json"]);
    if (exitCode !== 0) throw new Error(`policy-pack ${args.join(" ")}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  /** Starts `policy-pack serve ARG…` and gives its address. */
  async serve(...args: readonly string[]): Promise<string> {
    const { url } = await this.#start(join(HERE, "guard.ts"), [BIN, "serve", "--port", "0", "--json", ...args]);
    return String(url);
  }

  /** Starts a release of the service and gives its address. */
  async serveRelease(file: string): Promise<string> {
    const { port } = await this.#start(join(HERE, "service/main.ts"), [file]);
    return `http://127.0.0.1:${Number(port)}`;
  }

  /** Ends what stays and waits until it is gone. */
  async dismiss(): Promise<void> {
    await Promise.all(
      [...this.#staying].map(async (child) => {
        const gone = once(child, "exit");
        child.stdin?.end();
        await gone;
      }),
    );
  }

  /** Starts a script of Node and reads the JSON object that it prints when it listens. */
  async #start(script: string, args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    this.#signal.throwIfAborted();
    const flags = ["--disable-warning=ExperimentalWarning"];
    const child = spawn(process.execPath, [...flags, script, ...args], {
      cwd: this.#folder,
      env: this.#env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#staying.add(child);
    child.once("exit", () => this.#staying.delete(child));
    const errors = text(child.stderr);
    let printed = "";
    for await (const line of createInterface({ input: child.stdout, signal: this.#signal })) {
      printed += line;
      if (line.endsWith("}") && !line.startsWith(" ")) return JSON.parse(printed) as Readonly<Record<string, unknown>>;
    }
    this.#signal.throwIfAborted();
    throw new Error(`${script} ended before it listened: ${await errors}`);
  }
}
