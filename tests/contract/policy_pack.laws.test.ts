import { beforeAll, describe, expect, it } from "@jest/globals";
import { ABAC_LAWS } from "../support/laws/abac.ts";
import { APPROVAL_LAWS } from "../support/laws/approval.ts";
import { BUDGET_LAWS } from "../support/laws/budget.ts";
import { COMMON_LAWS } from "../support/laws/common.ts";
import { checkLaw, counterexampleOf, SEED } from "../support/laws/law.ts";
import type { Law } from "../support/laws/law.ts";
import { compilePolicy, mutate, readPolicySource } from "../support/laws/policy.ts";
import type { Policy } from "../support/laws/policy.ts";
import { PROMOTION_LAWS } from "../support/laws/promotion.ts";

const LAWS: readonly Law[] = [...ABAC_LAWS, ...APPROVAL_LAWS, ...BUDGET_LAWS, ...PROMOTION_LAWS, ...COMMON_LAWS];

let files: Record<string, string>;
let policy: Policy;

beforeAll(async () => {
  files = await readPolicySource();
  policy = await compilePolicy(files);
});

describe(`the laws of policy-pack-v0 (LAWS_SEED=${SEED})`, () => {
  describe.each(LAWS.map((law) => [law.name, law] as const))("%s", (_name, law) => {
    it("holds", async () => {
      expect(counterexampleOf(await checkLaw(law, policy))).toBeUndefined();
    });

    it.each(law.mutants.map((mutant) => [mutant.what, mutant] as const))(
      "is broken by a policy that %s",
      async (_what, mutant) => {
        const broken = await compilePolicy(mutate(files, mutant));
        expect((await checkLaw(law, broken)).failed).toBe(true);
      },
    );
  });
});
