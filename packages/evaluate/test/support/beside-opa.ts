import { describe, expect, it } from "@jest/globals";

import type { BuiltinFamily } from "../../src/builtins/builtin.ts";
import { callBuiltin, testContext, toJsonText, toRego } from "./values.ts";
import { opaEval } from "./policy.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";

/** One answer a case, as JSON text, or "undefined". */
interface Answers {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Asks a builtin of this host and stock OPA the same, each case in a decision of its own here. */
async function askBoth(family: BuiltinFamily, name: string, cases: readonly (readonly unknown[])[]): Promise<Answers> {
  const ours = cases.map((operands) => {
    const value = callBuiltin(family[name], operands, testContext());
    return value === undefined ? "undefined" : toJsonText(value);
  });
  const count = Math.max(...cases.map((operands) => operands.length));
  const operands = Array.from({ length: count }, (_, index) => `c[${index}]`).join(", ");
  const rules = `
answers := [answer(json.unmarshal(c)) | some c in input.cases]

answer(c) := json.marshal(value) if {
	value := ${name}(${operands})
} else := "undefined"
`;
  const input = { cases: cases.map((item) => toJsonText(toRego(item))) };
  const theirs = (await opaEval(rules, "answers", input)) as string[];
  // Go writes a byte that is no UTF-8 as an escape, which here is the character that it stands for.
  return { ours, theirs: theirs.map((answer) => answer.replaceAll("\\ufffd", "\ufffd")) };
}

/** The cases on which the two differ. */
function differences(cases: readonly (readonly unknown[])[], { ours, theirs }: Answers): readonly unknown[] {
  return cases
    .map((operands, index) => ({ operands, ours: ours[index], theirs: theirs[index] }))
    .filter((item) => item.ours !== item.theirs);
}

/** A table on which nothing, or everything, is undefined would show little. */
function definedShare({ theirs }: Answers): number {
  return theirs.filter((answer) => answer !== "undefined").length / theirs.length;
}

/** A builtin, and how to make its operands. */
export type ParityRow = readonly [name: string, family: BuiltinFamily, make: (random: Random) => readonly unknown[]];

/** A test a row; PARITY_CASES asks more of each. */
export function describeParity(title: string, rows: readonly ParityRow[]): void {
  const random = createRandom();
  const count = Number(process.env["PARITY_CASES"] ?? 1500);
  describe(`${title} beside stock OPA, on ${count} random operands each (PARITY_SEED=${random.seed})`, () => {
    it.each(rows)("%s", async (name, family, make) => {
      const cases = Array.from({ length: count }, () => make(random));
      const answers = await askBoth(family, name, cases);
      expect(differences(cases, answers)).toEqual([]);
      expect(definedShare(answers)).toBeGreaterThan(0.02);
    });
  });
}
