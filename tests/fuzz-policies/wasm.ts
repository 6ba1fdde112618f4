import { Worker } from "node:worker_threads";
import type { OpaInput } from "./opa.ts";
import type { WasmAnswer, WasmQuestion } from "./wasm-worker.ts";

export type WasmTexts = WasmAnswer["texts"];

/** A rule over a few inputs takes milliseconds. */
const DEADLINE_MS = 15_000;

/** Every rule's answers; a rule that does not come back answers every input with an error. */
export async function decideAll(
  wasm: Uint8Array,
  names: readonly string[],
  inputs: readonly OpaInput[],
): Promise<ReadonlyMap<string, WasmTexts>> {
  const answers = new Map<string, WasmTexts>();
  for (;;) {
    const open = names.filter((name) => !answers.has(name));
    const failure = await decide({ wasm, all: names, names: open, inputs }, answers);
    if (failure === undefined) return answers;
    const culprit = open.find((name) => !answers.has(name));
    if (culprit === undefined) throw new Error(failure);
    answers.set(
      culprit,
      inputs.map(() => ({ error: failure })),
    );
  }
}

/** Adds answers as they come; returns what ended it early. */
async function decide(question: WasmQuestion, answers: Map<string, WasmTexts>): Promise<string | undefined> {
  const worker = new Worker(new URL("wasm-worker.ts", import.meta.url));
  let deadline: NodeJS.Timeout | undefined;
  const ended = new Promise<string | undefined>((resolve) => {
    const restart = (): void => {
      clearTimeout(deadline);
      deadline = setTimeout(() => {
        resolve(`no answer in ${DEADLINE_MS} ms`);
      }, DEADLINE_MS);
    };
    restart();
    worker.on("message", (answer: WasmAnswer | undefined) => {
      if (answer === undefined) resolve(undefined);
      else answers.set(answer.name, answer.texts);
      restart();
    });
    worker.once("error", (error: Error) => {
      resolve(error.message);
    });
  });
  worker.postMessage(question);
  return ended.finally(async () => {
    clearTimeout(deadline);
    await worker.terminate();
  });
}
