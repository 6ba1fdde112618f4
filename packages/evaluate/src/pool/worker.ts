/** The program of one worker: loads the policy, then decides what it is sent until it is stopped. */
import { parentPort, workerData } from "node:worker_threads";

import type { DecideOptions, DecisionOutcome, Question } from "../decision.ts";
import { createInstance } from "../instance.ts";
import type { PolicyInstance } from "../policy-instance.ts";
import { BatchProgress } from "./progress.ts";
import { CODE, NO_INPUT, TABLE_WIDTH } from "./protocol.ts";
import type { DecideMessage, FromWorker, ToWorker, UpdateMessage, Detail, WorkerStart } from "./protocol.ts";
import { toWireError } from "./wire-error.ts";

const start = workerData as WorkerStart;
const NO_OPTIONS: ReadonlyMap<number, DecideOptions> = new Map();

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

async function load(): Promise<PolicyInstance> {
  const instance = await createInstance(
    { ...start.contents, wasm: new Uint8Array(), data: {}, dataJson: start.data, module: start.policy },
    start.options,
  );
  for (const { path, json } of start.patches) instance.patchData(path ?? [], json);
  return instance;
}

/** The questions of a batch, each claimed when the one before is decided. */
class ClaimedQuestions implements IterableIterator<Question> {
  readonly #message: DecideMessage;
  readonly #progress: BatchProgress;
  readonly #length: number;
  readonly #options: ReadonlyMap<number, DecideOptions>;
  #place = NO_INPUT;
  #input: Uint8Array | undefined;

  constructor(message: DecideMessage) {
    this.#message = message;
    this.#progress = new BatchProgress(start.cells, message.serial);
    this.#length = message.table.length / TABLE_WIDTH;
    this.#options = message.options.length === 0 ? NO_OPTIONS : new Map(message.options);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Question, undefined> {
    const index = this.#progress.claim(this.#length);
    if (index === undefined) return { done: true, value: undefined };
    const { table } = this.#message;
    const at = index * TABLE_WIDTH;
    const entrypoint = start.contents.entrypoints[table[at] ?? 0] ?? "";
    const input = this.#inputAt(table[at + 1] ?? NO_INPUT, table[at + 2] ?? 0);
    return { done: false, value: { input, entrypoint, options: this.#options.get(index) } };
  }

  /** What stands in one place is one object, which the instance takes in once. */
  #inputAt(place: number, end: number): Uint8Array | undefined {
    if (place !== this.#place) {
      this.#place = place;
      this.#input = place === NO_INPUT ? undefined : this.#message.bytes.subarray(place, end);
    }
    return this.#input;
  }
}

function decide(instance: PolicyInstance, message: DecideMessage): void {
  const outcomes = instance.decideMany(new ClaimedQuestions(message));
  const codes = new Uint8Array(outcomes.length);
  const details: Detail[] = [];
  let index = 0;
  for (const outcome of outcomes) {
    const code = codeOf(outcome);
    codes[index++] = code;
    if (code !== CODE.true && code !== CODE.false) details.push(detailOf(outcome));
  }
  send({ kind: "decided", serial: message.serial, codes, details: asText(details) });
}

function codeOf({ decision, error }: DecisionOutcome): number {
  if (error !== undefined) return CODE.error;
  const { value, builtinErrors } = decision;
  if (builtinErrors.length > 0) return CODE.reported;
  if (typeof value !== "boolean") return CODE.value;
  return value ? CODE.true : CODE.false;
}

function detailOf({ decision, error }: DecisionOutcome): Detail {
  if (error !== undefined) return toWireError(error);
  const { value, builtinErrors } = decision;
  return builtinErrors.length > 0 ? { value, builtinErrors } : value;
}

/** JSON has no integers beyond 53 bits, and no text is longer than the engine's longest. */
function asText(details: readonly Detail[]): string | readonly Detail[] {
  try {
    return JSON.stringify(details);
  } catch {
    return details;
  }
}

function update(instance: PolicyInstance, { epoch, update: { path, json } }: UpdateMessage): void {
  try {
    if (path !== undefined) instance.patchData(path, json);
    else if (json !== undefined) instance.setData(json);
    send({ kind: "updated", epoch });
  } catch (thrown) {
    send({ kind: "updated", epoch, error: toWireError(thrown) });
  }
}

try {
  const instance = await load();
  parentPort?.on("message", (message: ToWorker) => {
    if (message.kind === "decide") decide(instance, message);
    else update(instance, message);
  });
  send({ kind: "ready" });
} catch (thrown) {
  send({ kind: "failed", error: toWireError(thrown) });
}
