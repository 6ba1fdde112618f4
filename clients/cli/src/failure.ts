import { messageOf, PolicyPackError, systemCodeOf } from "@policy-pack/pack";
import { CommanderError } from "commander";
import { Rejection } from "./rejection.ts";
import type { RejectionDetails } from "./rejection.ts";
import { paint, printable, printableJson } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Exit status of what no error class stands for: a bug, or a machine that fails in an unforeseen way. */
const UNEXPECTED_EXIT = 1;
const USAGE_EXIT = 2;

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly exitCode: number;
}

/** Commander's refusals are the operator's mistakes: they get the code and exit status of every other one. */
function describe(thrown: unknown): Failure {
  if (thrown instanceof PolicyPackError) {
    const { code, message, retryable, exitCode } = thrown;
    return { code, message, retryable, exitCode };
  }
  if (thrown instanceof CommanderError) {
    const message = thrown.message.replace(/^error: /, "");
    return { code: "CONFIG_INVALID", message, retryable: false, exitCode: USAGE_EXIT };
  }
  return { code: "UNEXPECTED", message: messageOf(thrown), retryable: false, exitCode: UNEXPECTED_EXIT };
}

const MAX_CAUSES = 5;

/**
 * The messages of an error's causes, outermost first, without those that were quoted already; bounded, since a chain
 * may be a ring.
 */
function causesOf(thrown: unknown): string[] {
  const causes: string[] = [];
  let error = thrown;
  for (let depth = 0; depth < MAX_CAUSES && typeof error === "object" && error !== null; depth += 1) {
    const said = [messageOf(thrown), ...causes];
    error = "cause" in error ? error.cause : undefined;
    if (error === undefined) break;
    const code = systemCodeOf(error);
    const message = messageOf(error);
    if (said.some((text) => text.includes(message))) continue;
    causes.push(code === undefined || message.includes(code) ? message : `${code}: ${message}`);
  }
  return causes;
}

/**
 * Reports what was thrown: for people on stderr as `error CODE: message` and its causes, with --json on stdout as
 * `{"error": {"code", "message", "retryable"}}`, with what a `Rejection` tells besides. Where only usage was wrong, `usage` names the help to read.
 * @returns the exit status of the error's class; 1 for the unexpected, whose code is UNEXPECTED
 */
export function reportFailure(terminal: Terminal, failed: unknown, asJson: boolean, usage: string): number {
  const { thrown, details } = unwrap(failed);
  const { exitCode, ...error } = describe(thrown);
  if (asJson) {
    terminal.stdout.write(`${printableJson({ error, ...details?.json }, 2)}\n`);
    return exitCode;
  }
  const { stderr } = terminal;
  stderr.write(`${paint(terminal, stderr, "red", `error ${error.code}:`)} ${indented(error.message)}\n`);
  for (const cause of causesOf(thrown)) {
    stderr.write(`${paint(terminal, stderr, "dim", `  cause: ${indented(cause)}`)}\n`);
  }
  if (thrown instanceof CommanderError) stderr.write(`  See: ${usage} --help\n`);
  if (error.code === "UNEXPECTED") stderr.write(stackOf(thrown));
  if (details !== undefined) stderr.write(`\n${details.text}\n`);
  return exitCode;
}

/** A rejection is reported as the error in it, with its details. */
function unwrap(failed: unknown): { readonly thrown: unknown; readonly details: RejectionDetails | undefined } {
  if (failed instanceof Rejection) return { thrown: failed.error, details: failed.details };
  return { thrown: failed, details: undefined };
}

/** Further lines, which may hold what others wrote, never look like lines of the command's own. */
function indented(message: string): string {
  return printable(message).replaceAll("\n", "\n    ");
}

/** Where an unforeseen error came from, for a bug report. */
function stackOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("stack" in thrown)) return "";
  const frames = String(thrown.stack)
    .split("\n")
    .filter((line) => line.startsWith("    at "));
  return frames.length === 0 ? "" : `${printable(frames.join("\n"))}\n`;
}
