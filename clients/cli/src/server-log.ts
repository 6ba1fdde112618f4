import type { AppOptions } from "@policy-pack/server";
import { messageOf } from "@policy-pack/pack";
import { printableJson } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

type ServerLogger = Exclude<NonNullable<AppOptions["logger"]>, false>;

/** pino's numbers, which log collectors know. */
const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: Infinity } as const;

/** JSON lines on stderr, in pino's form, since stdout carries the answer of the command. */
export function createServerLog(terminal: Terminal, level: string, bindings: object = {}): ServerLogger {
  const minimum = Object.entries(LEVELS).find(([name]) => name === level)?.[1] ?? LEVELS.info;
  const at = (number: number) => (first: unknown, message?: unknown) => {
    if (number < minimum || number === LEVELS.silent) return;
    const fields = typeof first === "object" && first !== null ? toFields(first) : {};
    const msg = typeof first === "string" ? first : message;
    terminal.stderr.write(`${printableJson({ level: number, time: Date.now(), ...bindings, ...fields, msg })}\n`);
  };
  return {
    level,
    trace: at(LEVELS.trace),
    debug: at(LEVELS.debug),
    info: at(LEVELS.info),
    warn: at(LEVELS.warn),
    error: at(LEVELS.error),
    fatal: at(LEVELS.fatal),
    silent: at(LEVELS.silent),
    child: (more) => createServerLog(terminal, level, { ...bindings, ...more }),
  };
}

/** An error's own fields do not survive JSON. */
function toFields(fields: object): object {
  if (fields instanceof Error) return { err: toError(fields) };
  if (!("err" in fields)) return fields;
  return { ...fields, err: toError(fields.err) };
}

function toError(error: unknown): object {
  const stack = typeof error === "object" && error !== null && "stack" in error ? String(error.stack) : undefined;
  return { message: messageOf(error), stack };
}
