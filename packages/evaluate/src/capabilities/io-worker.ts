import { lookup } from "node:dns/promises";
import type { MessagePort } from "node:worker_threads";
import { workerData } from "node:worker_threads";

import { sendWithRetries } from "./http-client.ts";
import type { IoAnswer, IoTask, LookupTask } from "./io-messages.ts";
import { failureOf } from "./io-failure.ts";

// The program of the thread that io-thread.ts starts; it imports nothing but Node and this package's own text parsing.
const { port, signal } = workerData as { port: MessagePort; signal: Int32Array<SharedArrayBuffer> };

port.on("message", (task: IoTask) => {
  void run(task).then((answer) => {
    port.postMessage(answer);
    wake();
  });
});
wake();

function wake(): void {
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}

async function run(task: IoTask): Promise<IoAnswer> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
  }, task.totalMs);
  try {
    return task.kind === "http" ? await sendWithRetries(task, deadline.signal) : await lookUp(task, deadline.signal);
  } catch (thrown) {
    return failureOf(thrown, deadline.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** The resolver of the operating system, which cannot be stopped: what comes too late is not looked at. */
async function lookUp({ name }: LookupTask, deadline: AbortSignal): Promise<IoAnswer> {
  const tooLate = new Promise<never>((_resolve, reject) => {
    deadline.addEventListener("abort", () => {
      reject(new Error("i/o timeout"));
    });
  });
  const found = await Promise.race([lookup(name, { all: true, order: "verbatim" }), tooLate]);
  return { kind: "addresses", addresses: found.map(({ address }) => address) };
}
