import { Worker } from "node:worker_threads";
import type { Answer, Question } from "./question.ts";

/** No case takes a second; one that is not back by then loops for ever. */
const DEADLINE_MS = 20_000;

/** Puts one question at a time to a worker, which is replaced when it does not come back. */
export class Asker {
  #worker: Worker | undefined;

  async ask(question: Question): Promise<Answer> {
    const worker = (this.#worker ??= startWorker());
    let finish = (): void => undefined;
    const answered = new Promise<Answer>((resolve) => {
      const fail = (error: string): void => {
        this.#drop(worker);
        resolve({ error });
      };
      const onError = (error: Error): void => {
        fail(error.message);
      };
      const deadline = setTimeout(() => {
        fail(`no answer in ${DEADLINE_MS} ms`);
      }, DEADLINE_MS);
      worker.once("message", resolve);
      worker.once("error", onError);
      finish = () => {
        clearTimeout(deadline);
        worker.off("message", resolve);
        worker.off("error", onError);
      };
    });
    worker.postMessage(question);
    return answered.finally(() => {
      finish();
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #drop(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined;
    void worker.terminate();
  }
}

function startWorker(): Worker {
  return new Worker(new URL("worker.ts", import.meta.url), { stderr: true, stdout: true });
}
