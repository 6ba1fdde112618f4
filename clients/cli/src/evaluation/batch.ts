import { addAbortSignal, Readable } from "node:stream";
import { resolve } from "node:path";
import { FormatError } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { openInput, reading } from "../read.ts";
import { regularSize } from "../regular-file.ts";
import { createProgressBar } from "../simulation/progress-bar.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import type { Answer, Asker } from "./asker.ts";
import { printAnswers } from "./answer-line.ts";
import { readLineBatches } from "./line-reader.ts";
import type { Line, LineBatch } from "./line-reader.ts";

export interface BatchRequest {
  /** A file of JSON lines; `-` is stdin. */
  readonly path: string;
  readonly entrypoints: readonly string[];
  readonly asker: Asker;
  /** Decisions after which `flush` is awaited. */
  readonly maxDecisions: number;
  readonly flush: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly json: boolean;
}

export interface BatchCounts {
  readonly lines: number;
  readonly decisions: number;
  /** Questions without a decision, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

interface Answered {
  readonly batch: LineBatch;
  readonly answers: readonly (readonly Answer[])[];
}

/** Batches that are with the asker at once: one is decided while the next is read. */
const IN_FLIGHT = 2;
/** Enough to keep all workers busy, few enough that a terminal sees answers come. */
const MAX_LINES = 1_000;

/**
 * Decides one input a line and writes one line for each, in their order, holding no more than a few of them. A line that
 * is not decided says why, and the others go on.
 * @throws ConfigError CONFIG_INVALID for a file that cannot be read; what `flush` throws; the signal's reason
 */
export async function decideLines(terminal: Terminal, request: BatchRequest): Promise<BatchCounts> {
  const tally = new Tally();
  const shown = showProgress(terminal, request);
  const waiting: Promise<Answered>[] = [];
  const writeFirst = async (): Promise<void> => {
    const first = await waiting.shift();
    if (first === undefined) return;
    await request.flush();
    terminal.stdout.write(tally.write(first, request.entrypoints));
    shown.update(first.batch.readBytes, tally.decisions);
  };
  try {
    await reading("The input", request.path, undefined, async () => {
      const maxLines = Math.max(1, Math.min(MAX_LINES, Math.floor(request.maxDecisions / request.entrypoints.length)));
      const limits = { maxLineBytes: CLI_LIMITS.maxInputBytes, maxLines };
      for await (const batch of readLineBatches(openLines(terminal, request), limits)) {
        request.signal.throwIfAborted();
        if (terminal.stdout.isClosed === true) break;
        const answered = askAbout(batch, request);
        answered.catch(() => undefined);
        waiting.push(answered);
        if (waiting.length >= IN_FLIGHT) await writeFirst();
      }
    });
    while (waiting.length > 0) await writeFirst();
  } finally {
    shown.done();
  }
  return tally;
}

function openLines(terminal: Terminal, { path, signal }: BatchRequest): AsyncIterable<Uint8Array | string> {
  const source = path === "-" ? terminal.stdin : openInput(resolve(terminal.cwd, path));
  return source instanceof Readable ? addAbortSignal(signal, source) : source;
}

async function askAbout(batch: LineBatch, { asker, entrypoints }: BatchRequest): Promise<Answered> {
  const readable = batch.lines.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes]));
  const given = (await asker.ask(readable)).values();
  const answers = batch.lines.map((line) => {
    const found = line.bytes === undefined ? undefined : given.next().value;
    return found ?? entrypoints.map(() => tooLong(line));
  });
  return { batch, answers };
}

function tooLong({ number }: Line): Answer {
  const { maxInputBytes } = CLI_LIMITS;
  return { error: new FormatError("LIMIT_EXCEEDED", `Line ${number} is over ${maxInputBytes} bytes.`) };
}

/** Writes answers down and counts them. */
class Tally implements BatchCounts {
  lines = 0;
  decisions = 0;
  readonly errors: Record<string, number> = {};

  write({ batch, answers }: Answered, entrypoints: readonly string[]): string {
    let text = "";
    for (const [index, { number }] of batch.lines.entries()) {
      const given = answers[index] ?? [];
      for (const { error } of given) this.#count(error?.code);
      text += `${printAnswers(number, entrypoints, given)}\n`;
    }
    this.lines += batch.lines.length;
    return text;
  }

  #count(code: string | undefined): void {
    if (code === undefined) this.decisions += 1;
    else this.errors[code] = (this.errors[code] ?? 0) + 1;
  }
}

/** A bar where the end is known, counting where it is not. */
function showProgress(terminal: Terminal, { path, json }: BatchRequest) {
  const size = path === "-" ? undefined : regularSize(resolve(terminal.cwd, path));
  if (size !== undefined) {
    const bar = createProgressBar(terminal, "deciding", { json });
    return {
      update: (readBytes: number) => {
        bar.update(readBytes, size);
      },
      done: () => {
        bar.clear();
      },
    };
  }
  const progress = createProgress(json ? { ...terminal, stderr: { write: () => undefined } } : terminal);
  return {
    update: (_readBytes: number, decisions: number) => {
      progress.step(`${decisions} decisions`);
    },
    done: () => {
      progress.done();
    },
  };
}
