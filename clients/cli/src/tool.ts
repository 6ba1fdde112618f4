import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Terminal } from "./terminal.ts";

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

export interface FoundTool {
  readonly path: string;
  /** What it printed on stdout; undefined when it could not be run. */
  readonly output: string | undefined;
}

/**
 * Where tools are looked for: in the absolute folders of PATH, then in `.bin/` of the command's own checkout. Never in the
 * working folder: it may be a stranger's, and what is found is run.
 */
function toolFolders({ env, checkout }: Terminal): readonly string[] {
  const named = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return checkout === undefined ? named : [...named, join(checkout, ".bin")];
}

/** Finds an executable where tools are looked for and runs it once with the arguments given. */
export async function findTool(
  terminal: Terminal,
  name: string,
  args: readonly string[],
): Promise<FoundTool | undefined> {
  for (const folder of toolFolders(terminal)) {
    const path = join(folder, name);
    if (await isExecutable(path)) return { path, output: await outputOf(path, args, terminal) };
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program needs to say its version. Passwords and tokens stand in other variables, and are not its business. */
const PASSED_ON = ["PATH", "HOME", "SystemRoot", "TMPDIR", "TEMP"] as const;

function outputOf(path: string, args: readonly string[], terminal: Terminal): Promise<string | undefined> {
  const env = Object.fromEntries(PASSED_ON.map((name) => [name, terminal.env[name]]));
  const options = { cwd: terminal.cwd, env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve) => {
    execFile(path, args, options, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}
