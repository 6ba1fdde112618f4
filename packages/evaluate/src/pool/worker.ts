/** The program of one worker: loads the policy, then decides what it is sent until it is stopped. */
import { parentPort, workerData } from "node:worker_threads";

import type { Decision, DecideOptions } from "../decision.ts";
import { createInstance } from "../instance.ts";
import type { PolicyInstance } from "../policy-instance.ts";
import { BatchProgress } from "./progress.ts";
import { CODE, NO_INPUT, TABLE_WIDTH } from "./protocol.ts";
import type { DecideMessage, FromWorker, ToWorker, UpdateMessage, WireOutcome, WorkerStart } from "./protocol.ts";
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

/** Collects how the jobs of one batch come out. */
class Answers {
  readonly codes: number[] = [];
  readonly outcomes: WireOutcome[] = [];

  add({ value, builtinErrors }: Decision): void {
    if (typeof value === "boolean" && builtinErrors.length === 0) {
      this.codes.push(value ? CODE.true : CODE.false);
    } else {
      this.codes.push(CODE.value);
      this.outcomes.push({ value, builtinErrors });
    }
  }

  fail(thrown: unknown): void {
    this.codes.push(CODE.error);
    this.outcomes.push({ error: toWireError(thrown) });
  }
}

function decide(instance: PolicyInstance, { serial, bytes, table, options }: DecideMessage): void {
  const progress = new BatchProgress(start.cells, serial);
  const length = table.length / TABLE_WIDTH;
  const chosen = options.length === 0 ? NO_OPTIONS : new Map(options);
  const answers = new Answers();
  let [from, input]: [number, Uint8Array | undefined] = [NO_INPUT, undefined];
  for (let index = progress.claim(length); index !== undefined; index = progress.claim(length)) {
    const at = index * TABLE_WIDTH;
    const place = table[at + 1] ?? NO_INPUT;
    if (place !== from) {
      from = place;
      input = place === NO_INPUT ? undefined : bytes.subarray(place, table[at + 2]);
    }
    try {
      answers.add(instance.decide(input, start.contents.entrypoints[table[at] ?? 0] ?? "", chosen.get(index)));
    } catch (thrown) {
      answers.fail(thrown);
    }
  }
  send({ kind: "decided", serial, codes: Uint8Array.from(answers.codes), outcomes: answers.outcomes });
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
