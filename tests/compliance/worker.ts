import { parentPort } from "node:worker_threads";
import { createInstance } from "@policy-pack/evaluate";
import { digestOf } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { loadPolicy } from "@open-policy-agent/opa-wasm";
import { ENTRYPOINT } from "./compile.ts";
import type { Answer, Question } from "./question.ts";

/** What a case gets wrong in its request shows without one. */
const NO_HOSTS = { hosts: [] };
/** Some cases look up names that always have an address. */
const LOOKUP = { hosts: ["localhost", "127.0.0.1", "::1", "10.0.0.0", "::"] };

async function askPolicyPack({ wasm, dataText, input, env }: Question): Promise<string> {
  const contents = {
    wasm,
    data: JSON.parse(dataText) as JsonObject,
    dataJson: Buffer.from(dataText),
    digest: digestOf(wasm),
    revision: "0",
    entrypoints: [ENTRYPOINT],
  };
  const instance = await createInstance(contents, {
    capabilities: { lookup: LOOKUP, runtime: Object.keys(env).length === 0 ? {} : { env }, http: NO_HOSTS },
  });
  try {
    return instance.decideText(input, ENTRYPOINT);
  } finally {
    instance.close();
  }
}

async function askSdk({ wasm, dataText, input }: Question): Promise<string> {
  const policy = await loadPolicy(Uint8Array.from(wasm));
  policy.setData(JSON.parse(dataText) as object);
  const results = policy.evaluate(toJson(input), ENTRYPOINT) as readonly { readonly result?: unknown }[];
  return JSON.stringify(results[0]?.result);
}

/** The SDK takes JSON alone: sets go in as arrays. */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Set) return [...value].map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), toJson(item)]));
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

/** The SDK throws whatever comes to hand. */
function describe(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  const text = typeof message === "string" ? message : JSON.stringify(thrown);
  return typeof code === "string" ? `${code}: ${text}` : text;
}

async function answer(question: Question): Promise<Answer> {
  try {
    return { text: await (question.host === "policy-pack" ? askPolicyPack(question) : askSdk(question)) };
  } catch (thrown) {
    return { error: describe(thrown) };
  }
}

parentPort?.on("message", (question: Question) => {
  void answer(question).then((reply) => parentPort?.postMessage(reply));
});
