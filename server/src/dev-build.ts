import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packPaths } from "@policy-pack/pack";
import type { FastifyBaseLogger } from "fastify";
import { LIMITS } from "./limits.ts";

/** Makes what is missing on a developer's machine. */
export interface DevBuilder {
  /** Resolves when the pack was built or could not be; the reason is in the log. */
  build(packId: string): Promise<void>;
  /** Signs the pack with the development authority. */
  sign(packId: string): Promise<void>;
  /** Ends what is running. */
  close(): void;
}

export interface DevBuilderOptions {
  readonly root: string;
  /** The `policy-pack` command: a program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly log: FastifyBaseLogger;
  readonly timeoutMs?: number;
}

/** The command of this checkout, or the one that is installed. */
export function findCommand(): readonly [string, ...string[]] {
  const bin = join(import.meta.dirname, "../../clients/cli/bin/policy-pack.js");
  return existsSync(bin) ? [process.execPath, bin] : ["npx", "--no-install", "policy-pack"];
}

/**
 * Runs the command as a child process, one at a time for each pack: requests that come meanwhile wait for the same run.
 * Nothing of building or signing is loaded into the server.
 */
export function createDevBuilder(options: DevBuilderOptions): DevBuilder {
  const running = new Map<string, Promise<void>>();
  const stop = new AbortController();

  function share(packId: string, args: readonly string[]): Promise<void> {
    const key = `${packId} ${args[0] ?? ""}`;
    const known = running.get(key);
    if (known !== undefined) return known;
    const run = runCommand(packId, args, options, stop.signal).finally(() => running.delete(key));
    running.set(key, run);
    return run;
  }

  return {
    build: (packId) => {
      const { source, output } = packPaths(options.root, packId);
      return share(packId, ["build", source, "--out", output]);
    },
    sign: (packId) => {
      const { tar, bundle } = packPaths(options.root, packId);
      // By name: in a job on GitHub the command would otherwise sign keyless, and so publicly.
      return share(packId, ["sign", tar, "--bundle", bundle, "--dev-authority"]);
    },
    close: () => {
      stop.abort();
    },
  };
}

async function runCommand(
  packId: string,
  args: readonly string[],
  { command, root, log, timeoutMs = LIMITS.buildTimeoutMs }: DevBuilderOptions,
  stop: AbortSignal,
): Promise<void> {
  const [program, ...first] = command;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  log.info({ packId, step: args[0] }, "development build started");
  try {
    const child = spawn(program, [...first, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"], signal });
    const output = createTail();
    child.stdout.on("data", output.add);
    child.stderr.on("data", output.add);
    const [exitCode] = (await once(child, "close")) as [number | null];
    if (exitCode === 0) log.info({ packId, step: args[0] }, "development build done");
    else log.error({ packId, step: args[0], exitCode, output: output.text() }, "development build failed");
  } catch (error) {
    log.error({ packId, step: args[0], err: error }, "development build failed");
  }
}

interface Tail {
  readonly add: (piece: Buffer) => void;
  readonly text: () => string;
}

function createTail(): Tail {
  let tail = Buffer.alloc(0);
  return {
    add: (piece) => {
      tail = Buffer.concat([tail, piece]).subarray(-LIMITS.maxOutputBytes);
    },
    text: () => tail.toString("utf8"),
  };
}
