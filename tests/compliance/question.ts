import type { ComplianceCase } from "./cases.ts";
import { toInput, toJsonText } from "./exact-json.ts";

/** Whom a question is put to: this project's host, or OPA's JavaScript SDK as it comes. */
export type HostName = "policy-pack" | "opa-wasm";

/** A compiled case as it goes to a worker: nothing but what can be cloned. */
export interface Question {
  readonly host: HostName;
  readonly wasm: Uint8Array;
  readonly dataText: string;
  readonly input: unknown;
  readonly env: Readonly<Record<string, string>>;
}

/** The answers as JSON text, or what went wrong: a coded error, or a bare message. */
export type Answer = { readonly text: string } | { readonly error: string };

export function toQuestion(host: HostName, test: ComplianceCase, wasm: Uint8Array): Question {
  return {
    host,
    wasm,
    dataText: test.data === undefined ? "{}" : toJsonText(test.data),
    input: test.input === undefined ? undefined : toInput(test.input),
    env: test.env,
  };
}
