import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findTestOpa } from "@policy-pack/testkit";
import { compare, saidText } from "./compare.ts";
import { knownDifference } from "./known.ts";
import { minimise } from "./minimise.ts";
import type { OpaInput } from "./opa.ts";
import { readBuiltins } from "./opa-types.ts";
import { runPolicy } from "./run.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const policies = Number(process.env["FUZZ_TEST_POLICIES"] ?? 3);
const TIMEOUT_MS = 300_000;

interface Regression {
  readonly note: string;
  readonly policy: string;
  readonly rule: string;
  readonly input: OpaInput;
}

const REGRESSIONS = JSON.parse(
  readFileSync(new URL("regressions.json", import.meta.url), "utf8"),
) as readonly Regression[];

describe("generated policies", () => {
  it.each(REGRESSIONS)(
    "that once differed: $note",
    async ({ policy, rule, input }) => {
      const { compared, differences } = await compare(await findTestOpa(), { text: policy, names: [rule] }, [input]);
      expect(differences).toEqual([]);
      expect(compared).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    `are decided by the evaluator as by OPA: ${policies} of them (seed ${seed})`,
    async () => {
      const opa = await findTestOpa();
      const builtins = readBuiltins(
        execFileSync(opa, ["capabilities", "--current"], { maxBuffer: 16 * 1024 * 1024 }).toString(),
      );
      const findings: string[] = [];
      let defined = 0;
      for (let number = 0; number < policies; number++) {
        const run = await runPolicy(opa, builtins, { seed, number });
        defined += run.defined;
        for (const difference of run.differences) {
          const rule = run.rules.find(({ name }) => name === difference.name);
          if (rule === undefined) throw new Error(`no rule ${difference.name}`);
          const smallest = await minimise(opa, rule, difference);
          if (knownDifference(smallest) !== undefined) continue;
          const { input, opa: left, wasm } = smallest.difference;
          findings.push(`${smallest.policy} ${JSON.stringify(input)}: ${saidText(left)} and ${saidText(wasm)}`);
        }
      }
      expect(findings).toEqual([]);
      // Comparing nothing with nothing would find nothing.
      expect(defined).toBeGreaterThan(policies * 100);
    },
    TIMEOUT_MS,
  );
});
