import { spawn } from "node:child_process";
import { ConfigError, messageOf } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";

export interface OpaRun {
  readonly opa: string;
  readonly cwd: string;
  /** An empty folder of the run's own, for `HOME` and temporary files. */
  readonly home: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OpaOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs OPA with an environment of its own: no `PATH`, no `OPA_*`, no locale or time zone of the caller.
 * @throws ConfigError TOOL_FAILED when it does not start, does not end, prints without end or is killed
 * @throws the signal's reason when aborted
 */
export async function runOpa(run: OpaRun, args: readonly string[]): Promise<OpaOutput> {
  run.signal?.throwIfAborted();
  const child = spawn(run.opa, [...args], {
    cwd: run.cwd,
    env: environment(run.home),
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  const timer = setTimeout(kill, run.timeoutMs ?? BUILD_LIMITS.opaTimeoutMs);
  run.signal?.addEventListener("abort", kill, { once: true });
  let cause: Error | undefined;
  const tooMuch = (): void => {
    cause = TOO_MUCH;
    kill();
  };
  const stdout = collect(child.stdout, tooMuch);
  const stderr = collect(child.stderr, tooMuch);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    run.signal?.throwIfAborted();
    if (cause !== undefined) throw failed(args, `printed more than ${BUILD_LIMITS.maxOpaOutputBytes} bytes`, cause);
    if (exitCode === null) throw failed(args, "was stopped: it ran too long or was killed");
    return { exitCode, stdout: stdout(), stderr: stderr() };
  } catch (thrown) {
    if (thrown instanceof ConfigError || run.signal?.aborted === true) throw thrown;
    throw failed(args, `did not run: ${messageOf(thrown)}`, thrown);
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", kill);
  }
}

const TOO_MUCH = Object.freeze(new RangeError("too much"));

/** Whether OPA was stopped because it printed too much: asked for less, it may print less. */
export function hasPrintedTooMuch(thrown: unknown): boolean {
  return thrown instanceof ConfigError && thrown.cause === TOO_MUCH;
}

/** OPA's own words, without what a terminal would act upon. */
export function opaMessage({ stdout, stderr }: OpaOutput): string {
  const { maxOpaMessage } = BUILD_LIMITS;
  const text = `${stderr}\n${stdout}`.replace(/[^\P{Cc}\n\t]/gu, "").trim();
  return text.length > maxOpaMessage ? `${text.slice(0, maxOpaMessage)}\n…` : text;
}

export function failed(args: readonly string[], why: string, cause?: unknown): ConfigError {
  return new ConfigError("TOOL_FAILED", `opa ${args[0] ?? ""} ${why}.`, { cause });
}

function environment(home: string): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  const base = { HOME: home, USERPROFILE: home, TMPDIR: home, TEMP: home, TMP: home, LC_ALL: "C", TZ: "UTC" };
  return SystemRoot === undefined ? base : { ...base, SystemRoot };
}

function collect(stream: NodeJS.ReadableStream, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > BUILD_LIMITS.maxOpaOutputBytes) tooMuch();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
