import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError, FormatError, messageOf, systemCodeOf } from "@policy-pack/pack";
import type { CaseInput, RecordedCase } from "@policy-pack/simulate";
import { displayPath } from "../locate.ts";
import { readInputFile, readStdin } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { parseDecisionLog } from "./decision-log.ts";
import type { DecisionLog } from "./decision-log.ts";
import { SIMULATION_LIMITS } from "./limits.ts";
import { isFolder } from "./pack-kind.ts";

/** Inputs that were written down: recorded cases and decision logs. */
export interface WrittenInputs {
  readonly cases: readonly CaseInput[];
  readonly logs: readonly DecisionLog[];
}

export interface InputOptions {
  /** As they were named: files and folders; `-` is a decision log on stdin. */
  readonly paths: readonly string[];
  /** Of both packs. */
  readonly entrypoints: ReadonlySet<string>;
  readonly allowTornTail: boolean;
}

/** In a folder of cases, what is none. */
const NO_CASES: readonly string[] = ["baseline.json", "outcomes.json"];
const CASES = /\.json$/i;
const LOGS = /\.(?:jsonl|ndjson|log)(?:\.gz)?$|\.json\.gz$/i;

/**
 * Reads every path, in the order given: a `.json` file holds recorded cases, any other file is a decision log; of a folder,
 * its `.json` files but baseline.json and outcomes.json, and its logs (`.jsonl`, `.ndjson`, `.log`, also with `.gz`), sorted
 * by name. Folders within are not looked at.
 * @throws ConfigError CONFIG_INVALID for what cannot be read, or a folder that holds neither
 * @throws FormatError BASELINE_INVALID for cases, two of one name included; DECISION_LOG_INVALID for logs; LIMIT_EXCEEDED
 */
export async function readInputs(terminal: Terminal, options: InputOptions): Promise<WrittenInputs> {
  const { parseRecordedCases, toCaseInputs } = await import("@policy-pack/simulate");
  const cases: RecordedCase[] = [];
  const logs: DecisionLog[] = [];
  for (const path of await filesOf(terminal, options.paths)) {
    if (CASES.test(path)) cases.push(...parseRecordedCases(await readCases(terminal, path), path));
    else logs.push(await readLog(terminal, path, options));
    checkCount(cases.length + logs.reduce((sum, { inputs }) => sum + inputs.length, 0));
  }
  return { cases: toCaseInputs(cases), logs };
}

/** Each file once: a pack's own cases may be named too. */
async function filesOf(terminal: Terminal, paths: readonly string[]): Promise<readonly string[]> {
  const files = new Map<string, string>();
  for (const path of paths) {
    const place = path === "-" ? path : resolve(terminal.cwd, path);
    const found = path === "-" || !(await isFolder(place)) ? [path] : await filesOfFolder(terminal, path);
    for (const file of found) files.set(file === "-" ? file : resolve(terminal.cwd, file), file);
  }
  return [...files.values()];
}

/**
 * The folder of a source's recorded cases, relative to `cwd` where that is shorter; undefined when it holds none.
 * @param sourceDir absolute
 * @throws ConfigError CONFIG_INVALID when it cannot be read
 */
export async function ownCases(terminal: Terminal, sourceDir: string): Promise<string | undefined> {
  const folder = join(sourceDir, "cases");
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    if (systemCodeOf(cause) === "ENOENT") return [];
    throw unreadable(displayPath(terminal, folder), cause);
  });
  return entries.some(({ name }) => isWritten(name)) ? displayPath(terminal, folder) : undefined;
}

function isWritten(name: string): boolean {
  return (CASES.test(name) && !NO_CASES.includes(name)) || LOGS.test(name);
}

async function filesOfFolder(terminal: Terminal, path: string): Promise<readonly string[]> {
  const entries = await readdir(resolve(terminal.cwd, path), { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const wanted = entries.filter(({ name }) => isWritten(name));
  if (wanted.length === 0) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `${path} holds no recorded cases (.json) and no decision log (.jsonl, .log).`,
    );
  }
  return wanted.map(({ name }) => join(path, name)).toSorted();
}

function unreadable(path: string, cause: unknown): ConfigError {
  return new ConfigError("CONFIG_INVALID", `The folder ${path} cannot be read: ${messageOf(cause)}.`, { cause });
}

function readCases(terminal: Terminal, path: string): Promise<Uint8Array> {
  return readInputFile(terminal, path, { what: "The file of cases", maxBytes: SIMULATION_LIMITS.maxCasesBytes });
}

async function readLog(
  terminal: Terminal,
  path: string,
  { entrypoints, allowTornTail }: InputOptions,
): Promise<DecisionLog> {
  const what = "The decision log";
  const { maxLogBytes: maxBytes } = SIMULATION_LIMITS;
  const bytes =
    path === "-"
      ? await readStdin(terminal, what, maxBytes)
      : await readInputFile(terminal, path, { what, maxBytes, advice: "Split it." });
  return parseDecisionLog(bytes, { file: path === "-" ? "stdin" : path, entrypoints, allowTornTail });
}

function checkCount(count: number): void {
  const { maxInputs } = SIMULATION_LIMITS;
  if (count <= maxInputs) return;
  throw new FormatError("LIMIT_EXCEEDED", `More than ${maxInputs} written inputs are not decided at once; give fewer.`);
}

/** What is written down, then what is drawn, each when it is asked for. */
export function* inOrder(written: readonly CaseInput[], drawn: Iterable<CaseInput>): Generator<CaseInput> {
  yield* written;
  yield* drawn;
}
