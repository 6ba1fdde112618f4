import { parentPort, workerData } from "node:worker_threads";
import { createInstance, jsonText } from "@policy-pack/evaluate";
import type { InstanceOptions, PolicyInstance } from "@policy-pack/evaluate";
import { digestOf, isJsonObject, messageOf, parseJson, PolicyPackError } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import type { Answer } from "./answer.ts";
import type { AskedModule, FromThread, ModuleQuestion, ModuleSurroundings } from "./asked.ts";
import { BUILD_LIMITS } from "../limits.ts";

/** Runs a pack's module in a thread that can be ended when the policy does not. */
async function main(): Promise<void> {
  const module = workerData as AskedModule;
  try {
    const instance = await start(module);
    parentPort?.on("message", (question: ModuleQuestion) => {
      send({ answer: ask(instance, question) });
    });
    send({ ready: true });
  } catch (thrown) {
    const code = thrown instanceof PolicyPackError ? thrown.code : "WASM_INVALID";
    send({ refused: { code, message: messageOf(thrown) } });
  }
}

function start({ wasm, data, entrypoints, surroundings }: AskedModule): Promise<PolicyInstance> {
  const dataJson = Buffer.from(data);
  const contents = { wasm, data: {}, dataJson, entrypoints, digest: digestOf(wasm), revision: "0" };
  return createInstance(contents, toOptions(surroundings));
}

/** Every capability is there, and reaches nothing: the same that OPA is given. */
function toOptions({ nowNs, isFixed, runtime }: ModuleSurroundings): InstanceOptions {
  return {
    capabilities: { http: { hosts: [] }, lookup: { hosts: [] }, runtime: toObject(runtime) },
    ...(nowNs === undefined ? {} : { now: () => nowNs }),
    ...(isFixed ? { randomBytes: (length: number) => new Uint8Array(length) } : {}),
  };
}

function toObject(text: string): JsonObject {
  const { maxOpaOutputBytes: maxBytes } = BUILD_LIMITS;
  const value = parseJson(text, { maxBytes, code: "TOOL_FAILED", what: "OPA's runtime" });
  return isJsonObject(value) ? value : {};
}

function ask(instance: PolicyInstance, { entrypoint, input }: ModuleQuestion): Answer {
  try {
    const text = instance.decideText(input === undefined ? undefined : jsonText(input), entrypoint);
    const { maxOpaOutputBytes: most } = BUILD_LIMITS;
    if (text.length > most) return { kind: "failure", message: `the answer is longer than ${most} characters` };
    return { kind: "value", text };
  } catch (thrown) {
    if (thrown instanceof PolicyPackError && thrown.code === "DECISION_UNDEFINED") return { kind: "undefined" };
    return { kind: hasStopped(thrown) ? "error" : "failure", message: messageOf(thrown) };
  }
}

/** What the engine throws: a trap in the module, or a stack that is full. */
const TRAPS: readonly string[] = ["RuntimeError", "RangeError"];

/** Whether the policy itself stopped, as it would in OPA: no host that failed, no trap, no lack of memory. */
function hasStopped(thrown: unknown): boolean {
  if (!(thrown instanceof PolicyPackError) || thrown.code !== "EVALUATION_FAILED") return false;
  return !(thrown.cause instanceof Error && TRAPS.includes(thrown.cause.name));
}

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}

await main();
