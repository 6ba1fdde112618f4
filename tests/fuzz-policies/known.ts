import type { Said } from "./compare.ts";
import type { Smallest } from "./minimise.ts";

interface Known {
  readonly reason: string;
  readonly shows: (policy: string, opa: Said, wasm: Said, input: string) => boolean;
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
    reason:
      'to_number: OPA keeps "+1", "1_000" and "0x1" as numbers that it cannot print, the host reads them or stops',
    shows: (policy) => policy.includes("to_number("),
  },
  {
    reason: "time.add_date: the host stops at a shift beyond 10^11 days, which overflows in OPA",
    shows: (policy, _opa, wasm) => policy.includes("time.add_date(") && isStop(wasm, "a shift beyond"),
  },
  {
    reason:
      "net.cidr_merge: the host stops at IPv4 beside IPv4-mapped blocks, of which OPA merges some and fails at others",
    shows: (policy, _opa, wasm) => policy.includes("net.cidr_merge(") && isStop(wasm, "IPv4-mapped"),
  },
  {
    reason: "bytes that are no UTF-8: OPA keeps them in a text, the host makes each U+FFFD",
    shows: (policy, opa, wasm, input) => MAKES_BYTES.test(policy) && holdsBytes(policy, opa, wasm, input),
  },
];

/** What makes any bytes of a text; `replace` of the empty text does it between the bytes of a character. */
const MAKES_BYTES = /base64(?:url)?\.decode\(|hex\.decode\(|urlquery\.decode|replace(?:_n)?\(/;

/** U+FFFD shows, or a digest of it, or a character is taken apart. */
function holdsBytes(policy: string, opa: Said, wasm: Said, input: string): boolean {
  const texts = [opa, wasm].map((said) => (said === "undefined" ? said : "value" in said ? said.value : said.error));
  return texts.some((text) => text.includes("\ufffd")) || /[^ -~]/.test(policy + input) || policy.includes("decode(");
}

function isStop(said: Said, words: string): boolean {
  return (
    said !== "undefined" && "error" in said && said.error.startsWith("BUILTIN_FAILED") && said.error.includes(words)
  );
}

/** The reason when a difference is one of OPA's own module. */
export function knownDifference({ policy, difference: { opa, wasm, input } }: Smallest): string | undefined {
  return KNOWN.find(({ shows }) => shows(policy, opa, wasm, JSON.stringify(input)))?.reason;
}
