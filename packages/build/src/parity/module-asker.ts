import { on } from "node:events";
import { Worker } from "node:worker_threads";
import { ConfigError, messageOf } from "@policy-pack/pack";
import type { Answer } from "./answer.ts";
import type { AskedModule, FromThread, ModuleQuestion } from "./asked.ts";
import { BUILD_LIMITS } from "../limits.ts";

/** The thread's program, compiled where this file is. */
const THREAD = new URL(import.meta.url.endsWith(".ts") ? "./asking-thread.ts" : "./asking-thread.js", import.meta.url);

export interface AskOptions {
  /** For one answer, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a pack's module in a thread of its own. A policy that does not answer in time, or brings its thread down, costs that
 * answer alone: the next question goes to a new thread.
 */
export class ModuleAsker {
  readonly #module: AskedModule;
  readonly #options: AskOptions;
  #thread: Worker | undefined;
  #resolve: ((answer: Answer) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(module: AskedModule, options: AskOptions) {
    this.#module = module;
    this.#options = options;
  }

  /**
   * One answer; one question at a time.
   * @throws ConfigError SOURCE_INVALID when the module does not start with this data
   * @throws the signal's reason when aborted
   */
  async ask(question: ModuleQuestion): Promise<Answer> {
    this.#options.signal?.throwIfAborted();
    const thread = (this.#thread ??= await this.#start());
    const { deadlineMs: ms } = this.#options;
    const answer = new Promise<Answer>((resolve) => {
      this.#resolve = resolve;
      this.#timer = setTimeout(() => {
        this.#give({ kind: "timeout", ms });
        this.#end();
      }, ms);
    });
    thread.postMessage(question);
    return answer;
  }

  close(): void {
    this.#end();
  }

  #give(answer: Answer): void {
    clearTimeout(this.#timer);
    this.#resolve?.(answer);
    this.#resolve = undefined;
  }

  #end(): void {
    void this.#thread?.terminate();
    this.#thread = undefined;
  }

  async #start(): Promise<Worker> {
    const thread = new Worker(THREAD, {
      workerData: this.#module,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: BUILD_LIMITS.maxAskingMemoryMb },
    });
    try {
      await untilReady(thread);
    } catch (cause) {
      void thread.terminate();
      throw cause;
    }
    thread.on("message", (message: FromThread) => {
      if (thread === this.#thread && "answer" in message) this.#give(message.answer);
    });
    const fell = (): void => {
      if (thread !== this.#thread) return;
      this.#thread = undefined;
      this.#give({ kind: "failure", message: "the thread that evaluated it came down" });
    };
    thread.once("error", fell).once("exit", fell);
    return thread;
  }
}

async function untilReady(thread: Worker): Promise<void> {
  const events = on(thread, "message", { close: ["exit"] });
  try {
    for await (const [message] of events as AsyncIterable<[FromThread]>) {
      if ("refused" in message) throw refused(`${message.refused.code}: ${message.refused.message}`);
      return;
    }
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : refused(messageOf(cause), cause);
  }
  throw refused("their thread ended");
}

function refused(why: string, cause?: unknown): ConfigError {
  return new ConfigError("SOURCE_INVALID", `The compiled policies do not start: ${why}`, { cause });
}
