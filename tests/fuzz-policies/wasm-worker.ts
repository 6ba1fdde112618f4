import { parentPort } from "node:worker_threads";
import { createInstance } from "@policy-pack/evaluate";
import { digestOf, PolicyPackError } from "@policy-pack/pack";
import type { OpaInput } from "./opa.ts";

/** One policy over all inputs. */
export interface WasmQuestion {
  readonly wasm: Uint8Array;
  /** The entrypoints of the module. */
  readonly all: readonly string[];
  /** Those that are asked. */
  readonly names: readonly string[];
  readonly inputs: readonly OpaInput[];
}

/** One rule's answers, an input each: JSON text, undefined where there is none, or an error. */
export interface WasmAnswer {
  readonly name: string;
  readonly texts: readonly (string | undefined | { readonly error: string })[];
}

async function answer({ wasm, all, names, inputs }: WasmQuestion): Promise<void> {
  const entrypoints = all.map((name) => `t/${name}`);
  const instance = await createInstance({ wasm, data: {}, digest: digestOf(wasm), revision: "0", entrypoints });
  for (const name of names) {
    const texts = inputs.map((input) => {
      try {
        return instance.decideText(input, `t/${name}`);
      } catch (thrown) {
        if (!(thrown instanceof PolicyPackError)) throw thrown;
        return thrown.code === "DECISION_UNDEFINED" ? undefined : { error: `${thrown.code}: ${thrown.message}` };
      }
    });
    parentPort?.postMessage({ name, texts } satisfies WasmAnswer);
  }
}

parentPort?.on("message", (question: WasmQuestion) => {
  void answer(question).then(() => parentPort?.postMessage(undefined));
});
