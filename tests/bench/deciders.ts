import { isDeepStrictEqual } from "node:util";
import { createInstance } from "@policy-pack/evaluate";
import type { PolicyContents, PolicyInstance } from "@policy-pack/evaluate";
import { loadPolicy } from "@open-policy-agent/opa-wasm";

/** The SDK brings no time builtins; these are what its users write. */
const TIME_BUILTINS = {
  "time.now_ns": () => Date.now() * 1e6,
  "time.parse_rfc3339_ns": (text: string) => Date.parse(text) * 1e6,
};

/** Answers one question as often as it is asked. */
export type Ask = () => unknown;

/** Our instance and the SDK's policy, of the same module and data. */
export interface Deciders {
  readonly instance: PolicyInstance;
  /** In: an object, or JSON as an ArrayBuffer. Out: the answer's value. */
  readonly sdk: (input: unknown, entrypoint: string) => unknown;
}

export async function createDeciders(contents: PolicyContents): Promise<Deciders> {
  const policy = await loadPolicy(Uint8Array.from(contents.wasm), undefined, TIME_BUILTINS);
  policy.setData(contents.data as object);
  return {
    instance: await createInstance(contents),
    sdk: (input, entrypoint) =>
      (policy.evaluate(input, entrypoint) as readonly { readonly result: unknown }[])[0]?.result,
  };
}

/** A benchmark of two different answers would be one of something else. Keys may come in any order. */
export function checkSame(question: string, ours: unknown, theirs: unknown): void {
  if (isDeepStrictEqual(ours, theirs)) return;
  const [left, right] = [ours, theirs].map((value) => JSON.stringify(value).slice(0, 200));
  throw new Error(`${question}: one answers ${left}, the other ${right}`);
}

/** JSON as the SDK takes it. */
export function toArrayBuffer(json: Buffer): ArrayBuffer {
  return Uint8Array.from(json).buffer;
}
