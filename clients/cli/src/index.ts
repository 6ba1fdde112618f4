import { existsSync } from "node:fs";
import { join } from "node:path";
import { createOutput } from "./output.ts";
import { runCli } from "./program.ts";
import type { OutputStream, Terminal } from "./terminal.ts";

export { runCli };
export type { OutputStream, Terminal };

/**
 * A reader that went away (`| head`) is no failure and keeps the command's own exit status; an answer that could not be
 * written (a full disk) is one, whatever the command found.
 */
function openStdout(): NodeJS.WriteStream {
  const { stdout } = process;
  let failed = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || failed) return;
    failed = true;
    process.stderr.write(`error OUTPUT_FAILED: The answer could not be written to stdout: ${error.message}.\n`);
    process.once("exit", () => {
      process.exitCode = 2;
    });
  });
  return stdout;
}

function openStderr(): NodeJS.WriteStream {
  const { stderr } = process;
  stderr.on("error", () => undefined);
  return stderr;
}

/** The checkout around this file; undefined when the command is just installed. */
function findCheckout(): string | undefined {
  const root = join(import.meta.dirname, "../../..");
  return existsSync(join(root, "scripts", "dev_install_opa.sh")) ? root : undefined;
}

/** Runs this process's command line and sets its exit status. */
export async function main(): Promise<void> {
  const terminal: Terminal = {
    get stdin() {
      return process.stdin; // Opened when it is read: that takes milliseconds, and few verbs do.
    },
    stdout: createOutput(1, openStdout),
    stderr: createOutput(2, openStderr),
    env: process.env,
    cwd: process.cwd(),
    checkout: findCheckout(),
    get readSecrets() {
      const { stdin, stderr } = process;
      if (!stdin.isTTY || !stderr.isTTY) return undefined;
      return async (prompts: readonly string[]) =>
        (await import("./secret-prompt.ts")).askSecrets(stdin, stderr, prompts);
    },
  };
  process.exitCode = 1; // Of a process that ends while something is awaited: no answer is no success.
  process.exitCode = await runCli(process.argv.slice(2), terminal);
}
