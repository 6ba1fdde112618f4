import type { Said } from "./compare.ts";
import type { Smallest } from "./minimise.ts";

interface Known {
  readonly reason: string;
  readonly shows: (policy: string, opa: Said, wasm: Said) => boolean;
}

/**
 * Where OPA's own module answers otherwise than OPA's evaluator, and this host does not answer in its place; and what OPA
 * cannot print.
 */
const KNOWN: readonly Known[] = [
  {
    reason: "glob.match: OPA lets a class such as [!a] match the empty text, the module does not",
    shows: (policy) => policy.includes("glob.match("),
  },
  {
    reason: 'to_number: OPA keeps a text such as "+1" as a number that it cannot print, the host makes it one',
    shows: (policy, opa, wasm) => policy.includes("to_number(") && opa === "undefined" && isNumber(wasm),
  },
];

function isNumber(said: Said): boolean {
  return said !== "undefined" && "value" in said && Number.isFinite(Number(said.value));
}

/** The reason when a difference is one of OPA's own module. */
export function knownDifference({ policy, difference: { opa, wasm } }: Smallest): string | undefined {
  return KNOWN.find(({ shows }) => shows(policy, opa, wasm))?.reason;
}
