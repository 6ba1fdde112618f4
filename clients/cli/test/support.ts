import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Terminal } from "../src/terminal.ts";

export interface TestTerminal extends Terminal {
  readonly out: () => string;
  readonly err: () => string;
}

interface TerminalOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly checkout?: string;
  readonly stdin?: readonly (string | Uint8Array)[];
  readonly isTTY?: boolean;
}

/** A terminal whose output is kept. */
export function createTerminal(options: TerminalOptions = {}): TestTerminal {
  const out: string[] = [];
  const err: string[] = [];
  const { isTTY, cwd = "/", checkout, env = {}, stdin = [] } = options;
  return {
    cwd,
    checkout,
    env,
    stdin: (async function* () {
      for (const piece of stdin) yield await Promise.resolve(piece);
    })(),
    stdout: { write: (text) => out.push(text), isTTY },
    stderr: { write: (text) => err.push(text), isTTY },
    out: () => out.join(""),
    err: () => err.join(""),
  };
}

/** A fresh folder that is gone after `work`. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "policy-pack-cli-")));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
