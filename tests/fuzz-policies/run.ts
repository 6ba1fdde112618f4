import { createRandom } from "../fuzz/random.ts";
import { compare, OpaStopped, PolicyRefused } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import type { OpaInput } from "./opa.ts";
import type { OpaBuiltin } from "./opa-types.ts";
import { drawInput, drawRules, policyText, ruleText } from "./policy.ts";
import type { Rule } from "./policy.ts";

/** Rules of one generated policy; OPA compiles them together. */
export const RULES_A_POLICY = 40;
export const INPUTS_A_POLICY = 25;

export interface PolicyRun extends Comparison {
  readonly rules: readonly Rule[];
  /** Rules that OPA refused without naming their line, or at which it gave up or crashed. */
  readonly stopped: readonly Rule[];
}

const NOTHING: PolicyRun = { rules: [], stopped: [], compared: 0, defined: 0, differences: [] };

/** Makes the policy of a number and its inputs, and compares; rules that OPA's type checker refuses are left out. */
export async function runPolicy(
  opa: string,
  builtins: readonly OpaBuiltin[],
  { seed, number }: { readonly seed: number; readonly number: number },
): Promise<PolicyRun> {
  const random = createRandom(seed, number);
  const rules = drawRules(random, builtins, RULES_A_POLICY);
  return runRules(
    opa,
    rules,
    Array.from({ length: INPUTS_A_POLICY }, () => drawInput(random, rules)),
  );
}

async function runRules(opa: string, rules: readonly Rule[], inputs: readonly OpaInput[]): Promise<PolicyRun> {
  if (rules.length === 0) return NOTHING;
  try {
    const names = rules.map(({ name }) => name);
    return { rules, stopped: [], ...(await compare(opa, { text: policyText(rules), names }, inputs)) };
  } catch (thrown) {
    if (thrown instanceof OpaStopped) return runHalves(opa, rules, inputs);
    if (!(thrown instanceof PolicyRefused)) throw thrown;
    const left = withoutRefused(rules, thrown.message);
    // Some refusals name no line.
    return left.length < rules.length ? runRules(opa, left, inputs) : runHalves(opa, rules, inputs);
  }
}

/** Finds the rules at which OPA stops, and compares the others. */
async function runHalves(opa: string, rules: readonly Rule[], inputs: readonly OpaInput[]): Promise<PolicyRun> {
  if (rules.length === 1) return { ...NOTHING, stopped: rules };
  const middle = rules.length >> 1;
  const first = await runRules(opa, rules.slice(0, middle), inputs);
  const second = await runRules(opa, rules.slice(middle), inputs);
  return {
    rules: [...first.rules, ...second.rules],
    stopped: [...first.stopped, ...second.stopped],
    compared: first.compared + second.compared,
    defined: first.defined + second.defined,
    differences: [...first.differences, ...second.differences],
  };
}

/** OPA names the lines of the rules that it does not take. */
function withoutRefused(rules: readonly Rule[], message: string): readonly Rule[] {
  const refused = new Set([...message.matchAll(/policy\.rego:([0-9]+)/g)].map(([, line]) => Number(line)));
  let line = 3;
  return rules.filter((rule) => {
    const lines = ruleText(rule)
      .split("\n")
      .map((_, index) => line + index);
    line += lines.length;
    return !lines.some((one) => refused.has(one));
  });
}
