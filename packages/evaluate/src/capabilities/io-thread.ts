import { existsSync } from "node:fs";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";

import type { Capabilities } from "./capabilities.ts";
import type { IoAnswer, IoTask } from "./io-messages.ts";
import { onRelease } from "./release.ts";

/** Beside this file, compiled or as source. */
const PROGRAM = new URL(import.meta.url.endsWith(".ts") ? "./io-worker.ts" : "./io-worker.js", import.meta.url);
/** For a thread to start on a busy machine. */
const START_MS = 10_000;
/** Behind the task's own time, within which the thread answers by itself. */
const GRACE_MS = 1_000;

/**
 * A thread that does input and output while the caller, which is in the middle of a decision, waits. It starts with the
 * first task, does not keep the process alive, and is replaced when it does not answer in time.
 */
class IoThread {
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  readonly #signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  ask(task: IoTask): IoAnswer {
    const port = (this.#port ??= this.#start());
    Atomics.store(this.#signal, 0, 0);
    port.postMessage(task);
    const isAnswered = this.#wait(task.totalMs + GRACE_MS);
    const answer = isAnswered ? (receiveMessageOnPort(port) as { message: IoAnswer } | undefined) : undefined;
    if (answer !== undefined) return answer.message;
    this.close();
    return { kind: "failed", stage: "request", message: "context deadline exceeded", isTimeout: true };
  }

  close(): void {
    this.#port?.close();
    void this.#worker?.terminate();
    this.#port = undefined;
    this.#worker = undefined;
  }

  #start(): MessagePort {
    if (!existsSync(PROGRAM)) throw new Error(`the program for input and output is missing: ${PROGRAM.href}`);
    const { port1, port2 } = new MessageChannel();
    Atomics.store(this.#signal, 0, 0);
    const worker = new Worker(PROGRAM, {
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
      // No proxy, no credentials, no options of Node: nothing of the environment decides where a request goes.
      env: {},
      execArgv: [],
    });
    // A thread that breaks does not answer, which the next task sees; unheard, it would take the process along.
    worker.on("error", () => undefined);
    worker.unref();
    this.#worker = worker;
    if (this.#wait(START_MS)) return port1;
    this.close();
    throw new Error(`the thread for input and output did not start within ${START_MS} ms`);
  }

  #wait(milliseconds: number): boolean {
    return Atomics.wait(this.#signal, 0, 0, milliseconds) !== "timed-out";
  }
}

const threads = new WeakMap<Capabilities, IoThread>();

/**
 * Runs a task and waits for it, at most the task's time and a second; the caller's thread does nothing else. The thread
 * that works ends with `releaseCapabilities`.
 */
export function runIo(capabilities: Capabilities, task: IoTask): IoAnswer {
  const thread = threads.get(capabilities) ?? new IoThread();
  threads.set(capabilities, thread);
  onRelease(capabilities, () => {
    thread.close();
  });
  return thread.ask(task);
}
