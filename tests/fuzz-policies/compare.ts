import { canonicalText, parseExactJson } from "../compliance/exact-json.ts";
import { OpaWorkspace } from "./opa.ts";
import type { OpaInput } from "./opa.ts";
import { decideAll } from "./wasm.ts";
import type { WasmTexts } from "./wasm.ts";

/** What one side said of one rule and input. */
export type Said = { readonly value: string } | { readonly error: string } | "undefined";

export interface Difference {
  readonly name: string;
  readonly input: OpaInput;
  readonly opa: Said;
  readonly wasm: Said;
}

export interface Comparison {
  readonly compared: number;
  /** Of those, the ones to which both gave a value. */
  readonly defined: number;
  readonly differences: readonly Difference[];
}

/** A named rule as the line that it is; the policy's text is in the package `t`. */
export interface Policy {
  readonly text: string;
  readonly names: readonly string[];
}

/** The policy is not one that OPA takes. */
export class PolicyRefused extends Error {}

/** OPA's evaluator gave up, or its program crashed, and answered nothing. */
export class OpaStopped extends Error {}

/**
 * Asks stock OPA and the evaluator the same questions: every rule about every input.
 * @throws PolicyRefused, OpaStopped with OPA's words
 */
export async function compare(opa: string, policy: Policy, inputs: readonly OpaInput[]): Promise<Comparison> {
  const workspace = await OpaWorkspace.open(opa, policy.text);
  try {
    const compiled = await workspace.compile(policy.names);
    if ("refused" in compiled) throw new PolicyRefused(compiled.refused);
    const answers = await workspace.evaluate(policy.names, inputs);
    if ("failed" in answers) throw new OpaStopped(answers.failed);
    const decided = await decideAll(compiled.wasm, policy.names, inputs);
    const pairs = policy.names.flatMap((name) =>
      inputs.map((input, index) => ({
        name,
        input,
        opa: ofOpa(answers[index]?.[name]),
        wasm: ofWasm(decided.get(name), index),
      })),
    );
    return {
      compared: pairs.length,
      defined: pairs.filter(({ opa: left, wasm }) => isValue(left) && isValue(wasm)).length,
      differences: pairs.filter(({ opa: left, wasm }) => !isSame(left, wasm)),
    };
  } finally {
    await workspace.close();
  }
}

function ofOpa(text: string | undefined): Said {
  return text === undefined ? "undefined" : { value: text };
}

function ofWasm(texts: WasmTexts | undefined, index: number): Said {
  const text = texts?.[index];
  if (text === undefined) return "undefined";
  return typeof text === "string" ? { value: text } : text;
}

function isValue(said: Said): said is { readonly value: string } {
  return said !== "undefined" && "value" in said;
}

function isSame(left: Said, right: Said): boolean {
  if (!isValue(left) || !isValue(right)) return left === right;
  return (
    left.value === right.value ||
    canonicalText(parseExactJson(left.value)) === canonicalText(parseExactJson(right.value))
  );
}

export function saidText(said: Said): string {
  if (said === "undefined") return said;
  return "value" in said ? said.value : `error ${said.error}`;
}
